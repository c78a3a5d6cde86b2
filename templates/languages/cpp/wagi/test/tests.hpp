// The unit tests, a function for each file of src/.
#pragma once

void test_query();
void test_utf8();
void test_handler();
