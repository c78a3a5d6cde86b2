// What the standard library calls where it cannot go on. Its own versions print a message, and
// their printf would be 40 % of the module; these only end the program.
#include <cstddef>
#include <cstdlib>
#include <new> // IWYU pragma: keep
#include <version>

#ifdef _LIBCPP_VERSION
// NOLINTNEXTLINE(cert-dcl50-cpp,modernize-avoid-variadic-functions)
void std::__libcpp_verbose_abort(const char * /*format*/, ...) noexcept { std::abort(); }
#endif

void *operator new(std::size_t size) {
  if (void *const memory = std::malloc(size)) {
    return memory;
  }
  std::abort();
}

void operator delete(void *memory) noexcept { std::free(memory); }
