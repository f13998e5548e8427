#include "incident/words_story.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "incident/words.hpp"
#include "incident/words_facts.hpp"

namespace nightjar {

ToldRise told_rise(const Incident& incident) {
  constexpr std::size_t most_countries = 3, most_others = 2;
  // Attributes in the order in which a reader wants to know them; the marks of a tool say more than the window that they imply.
  constexpr std::array<std::string_view, 9> order = {"src",       "asn",   "fingerprint", "window", "src_port",
                                                     "tcp_flags", "class", "ttl_band",    "sensor"};
  ToldRise told;
  if (!is_explained_in_country(incident))
    for (const RisePart* part : parts_by(incident, "country"))
      if (told.countries.size() < most_countries && part->share_of_rise > 0) told.countries.push_back(part);
  for (const std::string_view attribute : order) {
    const bool implied = attribute == "window" && part_by(incident, "fingerprint") != nullptr && !incident.tool.empty();
    const RisePart* part = part_by(incident, attribute);
    if (part != nullptr && !implied && told.others.size() < most_others && part->share_of_rise > 0) told.others.push_back(part);
  }
  if (!told.countries.empty() || !told.others.empty()) return told;
  for (const RisePart* part : told_parts(incident))
    if (told.others.size() < most_others && !(is_explained_in_country(incident) && part->attributes.size() == 1))
      told.others.push_back(part);
  return told;
}

ToldBackscatter told_backscatter(const Incident& incident) {
  ToldBackscatter told;
  for (const RisePart& part : incident.explanation) {
    const AttributeValue* flags = value_in(part, "tcp_flags");
    if (flags != nullptr && told.flags.empty()) {
      told.flags = safe(flags->value);
      std::ranges::replace(told.flags, '+', '-');
    }
    if (flags != nullptr || value_in(part, "src_port") != nullptr || value_in(part, "class") != nullptr)
      told.share = std::max(told.share, part.share_of_rise);
  }
  return told;
}

std::vector<std::string> story_of(const Incident& incident, Language language) {
  constexpr double worth_telling = 0.05;
  const Teller& tell = language == Language::ja ? japanese_teller() : english_teller();
  Story story = {tell.size(incident)};
  if (incident.cause == Cause::dos_backscatter || incident.cause == Cause::carpet_backscatter) {
    story.push_back(tell.answers(incident));
  } else if (incident.kind != IncidentKind::sensor) {
    if (std::string parts = tell.parts(incident); !parts.empty()) story.push_back(std::move(parts));
    if (is_about_scans(incident)) tell.sources(incident, story);
  }
  tell.payloads(incident, story);
  tell.cause(incident, story);
  tell.ports(incident, story);
  if (incident.unexplained >= worth_telling && !incident.explanation.empty()) story.push_back(tell.unexplained(incident.unexplained));
  if (incident.kind != IncidentKind::sensor) tell.became(incident, story);
  return story;
}

}  // namespace nightjar
