#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace nightjar {

// What the program's own signatures say of the tags that they leave. A tag of a user's signature is known by its name only.

/// Whether it is the signature of an exploit.
bool is_exploit(std::string_view tag);
/// "CVE-2014-8361"; empty where it has none.
std::vector<std::string> cves_of_tag(std::string_view tag);

/// The words of a text in which blanks separate them. Views into it.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace nightjar
