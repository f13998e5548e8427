#include "incident/words_story.hpp"

#include <algorithm>
#include <array>
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
  ToldRise told;
  for (ToldPart& part : new_parts(incident)) {
    const bool country = part.values.size() == 1 && part.values.front().attribute == "country";
    auto& list = country ? told.countries : told.others;
    told.names_country = told.names_country || value_in({part.values}, "country") != nullptr;
    if (list.size() < most) list.push_back(std::move(part));
  }
  std::ranges::stable_sort(told.others, {}, [](const ToldPart& part) { return rank_of(part.values.front().attribute); });
  join_alike(told.others);
  return told;
}

bool is_one_more_network(const std::vector<ToldPart>& parts, const ToldPart& part) {
  const auto one_network = [](const ToldPart& told) { return told.values.size() == 1 && told.values.front().attribute == "asn"; };
  const auto at = std::ranges::find_if(parts, [&](const ToldPart& one) { return &one == &part; });
  return at != parts.end() && at != parts.begin() && one_network(part) && one_network(*(at - 1));
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
