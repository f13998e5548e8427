#include "incident/words_story.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "incident/words.hpp"
#include "incident/words_facts.hpp"
#include "incident/words_numbers.hpp"

namespace nightjar {

namespace {

constexpr double kNearlyAll = 0.95;

/// Attributes in the order in which a reader wants to know them.
std::size_t rank_of(const std::string& attribute) {
  constexpr std::array<std::string_view, 10> order = {"country",  "src",       "asn",   "fingerprint", "window",
                                                      "src_port", "tcp_flags", "class", "ttl_band",    "sensor"};
  return static_cast<std::size_t>(std::ranges::find(order, attribute) - order.begin());
}

/// Values that are said or need not be.
class Said {
 public:
  explicit Said(const Incident& incident) {
    if (is_explained_in_country(incident)) add({"country", incident.country});
    // The marks of a tool say more than the window that they imply.
    skip_windows_ = !incident.tool.empty() && std::ranges::any_of(incident.explanation, [](const RisePart& part) {
      return value_in(part, "fingerprint") != nullptr;
    });
  }
  void add(const AttributeValue& value) { values_.emplace_back(value.attribute, value.value); }
  bool has(const AttributeValue& value) const {
    return (skip_windows_ && value.attribute == "window") ||
           std::ranges::find(values_, std::pair(value.attribute, value.value)) != values_.end();
  }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  bool skip_windows_ = false;
};

/// Parts with what is new in them: those that carry nearly all first, since they are said of all that follow; then the small sets.
std::vector<ToldPart> new_parts(const Incident& incident) {
  std::vector<const RisePart*> parts;
  for (const RisePart& part : incident.explanation)
    if (part.share_of_rise > 0) parts.push_back(&part);
  std::ranges::stable_sort(parts, [](const RisePart* a, const RisePart* b) {
    const auto order = [](const RisePart& part) {
      return std::tuple(part.share_of_rise < kNearlyAll, part.attributes.size(), -part.share_of_rise);
    };
    return order(*a) < order(*b);
  });
  Said said(incident);
  std::vector<ToldPart> told;
  for (const RisePart* part : parts) {
    ToldPart fresh;
    fresh.share = part->share_of_rise;
    for (const AttributeValue& value : part->attributes)
      if (!said.has(value)) fresh.values.push_back(value);
    if (fresh.values.empty()) continue;
    for (const AttributeValue& value : fresh.values) said.add(value);
    // An address says more than where it stands.
    if (std::ranges::find(fresh.values, "src", &AttributeValue::attribute) != fresh.values.end())
      std::erase_if(fresh.values, [](const AttributeValue& value) { return value.attribute == "country" || value.attribute == "asn"; });
    std::ranges::stable_sort(fresh.values, {}, [](const AttributeValue& value) { return rank_of(value.attribute); });
    told.push_back(std::move(fresh));
  }
  return told;
}

/// What carries nearly all of the rise is told in one breath where it has the same share.
void join_alike(std::vector<ToldPart>& parts) {
  for (std::size_t i = 0; i + 1 < parts.size();) {
    ToldPart& part = parts[i];
    const ToldPart& next = parts[i + 1];
    if (part.share < kNearlyAll || share_in_words(part.share) != share_in_words(next.share)) {
      ++i;
      continue;
    }
    part.values.insert(part.values.end(), next.values.begin(), next.values.end());
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

}  // namespace

ToldRise told_rise(const Incident& incident) {
  constexpr std::size_t most = 3;
  constexpr double all = 0.995;
  ToldRise told;
  std::set<std::string> named_countries;
  if (is_of_country(incident)) named_countries.insert(incident.country);
  for (ToldPart& part : new_parts(incident)) {
    const bool country = part.values.size() == 1 && part.values.front().attribute == "country";
    auto& list = country ? told.countries : told.others;
    if (list.size() == most) continue;
    for (const AttributeValue& value : part.values)
      if (value.attribute == "country") named_countries.insert(value.value);
    list.push_back(std::move(part));
  }
  told.names_one_country = named_countries.size() == 1;
  const Place place = place_of(incident);
  told.of_more_than_level =
      is_of_country(incident) && !is_explained_in_country(incident) && !(country_of(incident) == incident.country && place.share >= all);
  std::ranges::stable_sort(told.others, {}, [](const ToldPart& part) { return rank_of(part.values.front().attribute); });
  join_alike(told.others);
  return told;
}

bool is_one_more_network(const std::vector<ToldPart>& parts, const ToldPart& part) {
  const auto one_network = [](const ToldPart& told) { return told.values.size() == 1 && told.values.front().attribute == "asn"; };
  const auto at = std::ranges::find_if(parts, [&](const ToldPart& one) { return &one == &part; });
  return at != parts.end() && at != parts.begin() && one_network(part) && one_network(*(at - 1));
}

namespace {

/// The part that says most of the packets: flags and port, flags, port, who answers, and last that they are answers at all.
const RisePart* telling_part(const Incident& incident) {
  const RisePart* best = nullptr;
  const auto rank = [](const RisePart& part) {
    const bool flags = value_in(part, "tcp_flags") != nullptr, port = value_in(part, "src_port") != nullptr;
    return flags && port ? 0 : flags ? 1 : port ? 2 : value_in(part, "src") != nullptr ? 4 : value_in(part, "class") != nullptr ? 5 : 3;
  };
  for (const RisePart& part : incident.explanation)
    if (part.share_of_rise > 0 && (best == nullptr || rank(part) < rank(*best))) best = &part;
  return best;
}

}  // namespace

ToldBackscatter told_backscatter(const Incident& incident) {
  ToldBackscatter told;
  if (is_of_port_alone(incident)) told.port = std::to_string(incident.port);
  const RisePart* part = telling_part(incident);
  told.victims = addresses_of(incident);
  told.is_one = told.victims == 1;
  if (part == nullptr) return told;
  told.share = part->share_of_rise;
  told.hosts = part->hosts;
  // Of another number of addresses than answered in all the sentence speaks of some, which are not all the victims.
  if (told.hosts > 0 && told.hosts != told.victims) {
    told.victims = part->share_of_rise >= kNearlyAll || told.hosts >= incident.hosts ? told.hosts : 0;
    told.is_one = told.is_one && told.hosts == 1;
  }
  // Of all backscatter of the day the incident is a part: its port is not that of all.
  if (value_in(*part, "class") != nullptr) told.port.clear();
  if (const AttributeValue* flags = value_in(*part, "tcp_flags"); flags != nullptr) {
    told.flags = safe(flags->value);
    std::ranges::replace(told.flags, '+', '-');
  }
  if (const AttributeValue* port = value_in(*part, "src_port"); port != nullptr) told.port = safe(port->value);
  const RisePart* by_port = part_by(incident, "src_port");
  if (told.port.empty() && by_port != nullptr && incident.port != 0) told.port_share = by_port->share_of_rise;
  const RisePart* by_source = part_by(incident, "src");
  if (by_source != nullptr && by_source != part && told.hosts > 1 && by_source->share_of_rise > 0) {
    told.source = safe(by_source->attributes.front().value);
    told.source_share = by_source->share_of_rise;
  }
  return told;
}

std::vector<std::string> story_of(const Incident& incident, Language language) {
  constexpr double worth_telling = 0.05;
  const Teller& tell = language == Language::ja ? japanese_teller() : english_teller();
  Story story = {tell.size(incident)};
  if (incident.unwatched_to_ms > incident.unwatched_from_ms) story.push_back(tell.unwatched(incident));
  if (incident.cause == Cause::dos_backscatter || incident.cause == Cause::carpet_backscatter) {
    story.push_back(tell.answers(incident));
    for (const OtherTotal& other : incident.other_totals) story.push_back(tell.other_total(other));
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
