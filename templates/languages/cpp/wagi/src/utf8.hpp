// Whether bytes are UTF-8.
#pragma once

#include <string_view>

// Nothing overlong, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes);
