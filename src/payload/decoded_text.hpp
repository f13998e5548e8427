#pragma once
#include <string>
#include <string_view>

namespace nightjar {

/// Of a query or a form: `+` and %20 are blanks, %HH is a byte; a per cent sign without two digits stands for itself.
std::string decode_query(std::string_view text);
bool has_percent_codes(std::string_view text);

/// Of XML and HTML: &amp; &lt; &gt; &quot; &apos; &nbsp; (a blank) and numbers up to 255 (others stand as they are).
std::string decode_entities(std::string_view text);
bool has_entities(std::string_view text);

/// Of JSON: \n \t \r \" \/ \\ and \u00HH; everything between the texts stays, so that it becomes one line of code among others.
std::string decode_json(std::string_view text);

}  // namespace nightjar
