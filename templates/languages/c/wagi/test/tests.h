/* The unit tests, a function for each file of src/. */
#ifndef TESTS_H
#define TESTS_H

void test_query(void);
void test_utf8(void);
void test_handler(void);

#endif
