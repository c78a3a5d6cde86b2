/* The unit tests, a function for each file of src/. */
#ifndef TESTS_H
#define TESTS_H

void test_command(void);
void test_counter(void);

#endif
