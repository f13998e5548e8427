#pragma once
#include <string>

#include "incident/words.hpp"

namespace nightjar {

/// The likely cause in one sentence. `after_country`: the country was named just before ("that country").
std::string cause_sentence(const Incident& incident, Language language, bool after_country);

/// Who did it by a tool's name: "Mirai or a variant", 「Mirai、またはその亜種」; "malware" for none.
std::string malware_name(const Incident& incident, Language language);
/// "masscan", "ZMap"; the name itself for others; "a scanning tool" for none.
std::string tool_name(const std::string& tool, Language language);
/// Those of place_of: "Argentina", "Mexico, Vietnam and Malaysia"; empty where no countries carry most of the rise.
std::string countries_told(const Incident& incident, Language language);
/// "a, b and c", 「a、b、c」.
std::string enumerated(const std::vector<std::string>& names, Language language);

}  // namespace nightjar
