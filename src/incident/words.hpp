#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "incident/incident.hpp"

namespace nightjar {

enum class Language : std::uint8_t { en, ja };

// Outside texts (names of networks and sensors, payloads' addresses) come out escaped and defanged. Days are UTC days.

/// Sets cause_en and cause_ja: the likely cause in one sentence, with how sure it is.
void put_into_words(Incident& incident);

/// The title of the page: a sentence.
std::string title_of(const Incident& incident, Language language);
/// Sentences that tell it, each with its numbers: what and how much, from whom, by which mark, few or many, what it probably is and what is
/// not known, what is not seen, what else rose, what has become of it. What the data do not support is left out.
std::vector<std::string> story_of(const Incident& incident, Language language);

/// A cause in a few words, as an alternative that the data leave open: "a survey with a scanning tool".
std::string phrase_of(Cause cause, Language language);

/// Puts the names of networks beside their numbers (AttributeValue::label); `name_of_as` may say nothing. To be called before the words.
void label_networks(Incident& incident, const std::function<std::string_view(std::uint32_t asn)>& name_of_as);

/// "Argentina", 「アルゼンチン」; the code itself where nobody knows a name.
std::string country_name(std::string_view code, Language language);

}  // namespace nightjar
