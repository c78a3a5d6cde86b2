// Reads query strings: `name=Ada&lang=en`.
#pragma once

#include <string>
#include <string_view>

// The value of the first parameter with this name, decoded; empty where there is none.
std::string query_parameter(std::string_view query, std::string_view name);
