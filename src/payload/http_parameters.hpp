#pragma once
#include <string_view>
#include <vector>

#include "payload/http_request.hpp"

namespace nightjar {

/// Appends the names and values of "a=1&b=2&c", as they come, at most HttpRequest::kMostParameters in all. A value goes on over "&&".
void add_query_parameters(std::string_view text, std::vector<HttpParameter>& parameters);

/// The same of a body: a form, the strings of JSON (escapes stay as they are), or the parts of a multipart body that are no files. Other
/// bodies have none.
void add_body_parameters(std::string_view body, std::vector<HttpParameter>& parameters);

}  // namespace nightjar
