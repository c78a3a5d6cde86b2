// The unit tests, a function for each file of src/.
#pragma once

void test_command();
void test_counter();
