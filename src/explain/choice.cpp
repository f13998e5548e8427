#include "explain/choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostParts = 5;
constexpr std::size_t kMostSharing = 4;    ///< values of one attribute that share a rise
constexpr double kLeastShare = 0.1;        ///< of the rise; less tells nothing
constexpr double kDominates = 0.5;         ///< one value carries it
constexpr double kNamesIt = 0.7;           ///< a tool that carries so much of it gives it its name
constexpr double kNearlyAll = 0.8;         ///< of the rise
constexpr double kUnusual = 1.3;           ///< times its usual share
constexpr double kTogether = 0.3;          ///< carried by the values that share a rise; less is a rise of many
constexpr double kNew = 0.1;               ///< usual level over the level now: less is no usual traffic to compare with
constexpr double kRare = 2;                ///< times its usual share: for marks that many systems have
constexpr double kSame = 0.9;              ///< of two parts: they are the same rise
constexpr double kGoesWith = 0.8;          ///< of a part: it lies within the other
constexpr double kLeastHosts = 5;          ///< behind a value
constexpr double kLeastPackets = 10;       ///< behind a value
constexpr double kChance = 2;              ///< standard deviations of counting that are no rise
constexpr std::size_t kMostInOnePart = 3;  ///< attributes that are told in one breath

constexpr std::uint64_t kBackscatter = static_cast<std::uint64_t>(TrafficClass::backscatter);

class Chooser {
 public:
  Chooser(const RiseTable& table, const Rise& rise) : table_(table), rise_(rise), all_(table.level({})) {
    usual_known_ = all_.usual_port >= (rise.metric == Metric::hosts ? kLeastHosts : kLeastPackets);
    new_ = all_.usual_port <= kNew * all_.now;
  }

  Choice choose();

 private:
  struct Value {
    Trait trait;
    double share = 0;
    bool unusual = false;               ///< or where the port had hardly any traffic: then nothing of the rise is usual
    bool lifted = false, rare = false;  ///< where enough is known of the port's usual traffic to say so
  };

  double share(const Level& level) const { return std::clamp(level.rise() / all_.rise(), 0.0, 1.0); }
  double share(const Traits& traits) const { return share(table_.level(traits)); }
  bool carries(const Level& level) const;
  bool above_usual(const Level& level, double times) const;
  bool told(const Value& value, bool tool_known) const;
  std::vector<Value> values(Attribute attribute) const;
  std::vector<Value> leading();
  std::vector<Traits> common(const std::vector<Value>& leading) const;
  static Traits mark_of(const std::vector<Traits>& parts);
  void take(const std::vector<Traits>& parts);
  Traits with_network(const Value& country) const;
  void share_out(Attribute attribute, const Traits& mark);
  void add(const Traits& part);
  bool led(Attribute attribute) const { return led_[static_cast<std::size_t>(attribute)]; }

  const RiseTable& table_;
  const Rise& rise_;
  Level all_;
  Choice choice_;
  std::array<bool, kAttributes> led_{};  ///< a value of it is told, or several are
  bool usual_known_ = false;             ///< the port has enough usual traffic to compare with
  bool new_ = false;                     ///< and hardly any beside the rise
};

/// Enough of the rise, and more than chance.
bool Chooser::carries(const Level& level) const {
  if (share(level) < kLeastShare) return false;
  const double least = rise_.metric == Metric::hosts ? kLeastHosts : kLeastPackets;
  return level.now >= least && level.rise() >= kChance * std::sqrt(level.usual);
}

/// The rise has more of it than the port usually has.
bool Chooser::above_usual(const Level& level, double times) const {
  return !usual_known_ || share(level) >= times * level.usual_port / all_.usual_port;
}

std::vector<Chooser::Value> Chooser::values(Attribute attribute) const {
  std::vector<Value> found;
  const std::vector<Level> levels = table_.levels(attribute);
  for (std::uint32_t code = 1; code < levels.size(); ++code) {
    if (!carries(levels[code])) continue;
    Value value{.trait = {attribute, code}, .share = share(levels[code])};
    value.lifted = usual_known_ && above_usual(levels[code], kUnusual);
    value.rare = usual_known_ && above_usual(levels[code], kRare);
    value.unusual = new_ || above_usual(levels[code], kUnusual);
    found.push_back(value);
  }
  // Of values that carry as much the first in order of the values, so that the order of rows decides nothing.
  std::sort(found.begin(), found.end(), [&](const Value& a, const Value& b) {
    return a.share != b.share ? a.share > b.share : table_.value_of(a.trait) < table_.value_of(b.trait);
  });
  return found;
}

/// Whether a value that carries most of the rise belongs to its story.
bool Chooser::told(const Value& value, bool tool_known) const {
  switch (value.trait.attribute) {
    // What asks is of class scan, request or echo by definition: only answers are news.
    case Attribute::traffic_class: return table_.value_of(value.trait) == kBackscatter || (rise_.whole_protocol && value.lifted);
    case Attribute::tcp_flags: return rise_.backscatter || (rise_.whole_protocol && value.lifted);
    case Attribute::country:
    case Attribute::asn:
    case Attribute::fingerprint:
    case Attribute::src: return true;
    case Attribute::src_port: return rise_.backscatter || value.unusual;
    case Attribute::window: return usual_known_ ? value.lifted : value.share >= kNearlyAll;
    case Attribute::sensor: return value.lifted;
    // Only three bands are common: news where it is all that is known.
    case Attribute::ttl_band: return !tool_known && value.share >= kNearlyAll && value.rare;
  }
  return false;
}

/// Adds a part unless another one says as much; takes out what it says better.
void Chooser::add(const Traits& part) {
  std::vector<Traits>& parts = choice_.parts;
  const auto within = [](const Traits& small, const Traits& large) {
    return std::all_of(small.begin(), small.end(),
                       [&](const Trait& trait) { return std::find(large.begin(), large.end(), trait) != large.end(); });
  };
  for (const Traits& other : parts) {
    if (within(part, other) && share(other) >= kSame * share(part)) return;
  }
  std::erase_if(parts, [&](const Traits& other) { return within(other, part) && share(part) >= kSame * share(other); });
  if (parts.size() < kMostParts) parts.push_back(part);
}

/// The leading values that carry the same rise together: one part, or who and how where they are many.
std::vector<Traits> Chooser::common(const std::vector<Value>& leading) const {
  Traits together;
  double carried = 1;
  for (const Value& value : leading) {
    Traits with = together;
    with.push_back(value.trait);
    const double joint = share(with);
    if (!together.empty() && (joint < kSame * value.share || joint < kSame * carried)) continue;
    together = with;
    carried = joint;
  }
  std::sort(together.begin(), together.end(), [](const Trait& a, const Trait& b) { return a.attribute < b.attribute; });
  if (together.empty()) return {};
  const auto manner = std::find_if(together.begin(), together.end(), [](const Trait& trait) { return !tells_origin(trait.attribute); });
  if (together.size() <= kMostInOnePart || carried < kNearlyAll || manner == together.begin() || manner == together.end())
    return {together};
  return {Traits(together.begin(), manner), Traits(manner, together.end())};
}

/// One network that is nearly all of a country's part.
Traits Chooser::with_network(const Value& country) const {
  const std::vector<Level> networks = table_.levels(Attribute::asn, {country.trait});
  for (std::uint32_t code = 1; code < networks.size(); ++code) {
    if (share(networks[code]) >= kSame * country.share) return {country.trait, {Attribute::asn, code}};
  }
  return {country.trait};
}

/// Values of an attribute that share the rise, each with the mark that it has in common with the others.
void Chooser::share_out(Attribute attribute, const Traits& mark) {
  std::vector<Value> sharing = values(attribute);
  std::erase_if(sharing, [](const Value& value) { return !value.unusual && value.share < kDominates; });
  if (sharing.size() > kMostSharing) sharing.resize(kMostSharing);
  double carried = 0;
  for (const Value& value : sharing) carried += value.share;
  if (carried < kTogether) return;
  for (const Value& value : sharing) {
    Traits part = attribute == Attribute::country ? with_network(value) : Traits{value.trait};
    Traits paired = part;
    paired.insert(paired.end(), mark.begin(), mark.end());
    // An address says enough by itself.
    if (attribute != Attribute::src && share(paired) >= kGoesWith * value.share) part = paired;
    add(part);
  }
}

/// The first value of each attribute that carries most of the rise.
std::vector<Chooser::Value> Chooser::leading() {
  std::vector<Value> found;
  bool tool_leads = false;
  for (std::size_t i = 0; i < kAttributes; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    const std::vector<Value> of_attribute = values(attribute);
    if (of_attribute.empty() || of_attribute.front().share < kDominates) continue;
    const Value& first = of_attribute.front();
    if (attribute == Attribute::country) choice_.country = first.trait;
    if (attribute == Attribute::fingerprint) tool_leads = true;
    if (attribute == Attribute::fingerprint && first.share >= kNamesIt) choice_.tool = first.trait;
    if (told(first, tool_leads)) found.push_back(first);
  }
  std::stable_sort(found.begin(), found.end(), [](const Value& a, const Value& b) { return a.share > b.share; });
  return found;
}

void Chooser::take(const std::vector<Traits>& parts) {
  for (const Traits& part : parts) {
    add(part);
    for (const Trait& trait : part) led_[static_cast<std::size_t>(trait.attribute)] = true;
  }
}

/// What the parts that follow are paired with: how it is done, in one mark.
Traits Chooser::mark_of(const std::vector<Traits>& parts) {
  for (const Attribute attribute : {Attribute::fingerprint, Attribute::traffic_class, Attribute::window, Attribute::src_port}) {
    for (const Traits& part : parts) {
      const auto found = std::find_if(part.begin(), part.end(), [&](const Trait& trait) { return trait.attribute == attribute; });
      if (found != part.end()) return {*found};
    }
  }
  return {};
}

Choice Chooser::choose() {
  if (!(all_.rise() > 0)) return choice_;
  const std::vector<Value> first = leading();
  const std::vector<Traits> together = common(first);
  take(together);
  const Traits mark = mark_of(together);
  // Others may go together too, and carry less: the newcomers among the sources of a country, say.
  std::vector<Value> rest;
  for (const Value& value : first) {
    if (!led(value.trait.attribute)) rest.push_back(value);
  }
  const std::vector<Traits> second = common(rest);
  const bool several = second.size() > 1 || (second.size() == 1 && second.front().size() > 1);
  if (several && !mark_of(second).empty()) take(second);

  for (const Value& value : rest) {
    if (led(value.trait.attribute)) continue;
    if (tells_origin(value.trait.attribute)) {
      share_out(value.trait.attribute, mark);
    } else {
      add({value.trait});
    }
    led_[static_cast<std::size_t>(value.trait.attribute)] = true;
  }
  const std::size_t before = choice_.parts.size();
  // Beside a value that leads and leaves a part there may be others.
  const auto leaves = [&](Attribute attribute) {
    return std::none_of(first.begin(), first.end(),
                        [&](const Value& value) { return value.trait.attribute == attribute && value.share >= kNearlyAll; });
  };
  if (leaves(Attribute::country)) share_out(Attribute::country, mark);
  if (rise_.metric == Metric::packets && leaves(Attribute::src)) share_out(Attribute::src, {});
  if (leaves(Attribute::fingerprint)) share_out(Attribute::fingerprint, {});
  if (!led(Attribute::country) && !led(Attribute::asn) && choice_.parts.size() == before) share_out(Attribute::asn, mark);
  return choice_;
}

}  // namespace

Choice choose_parts(const RiseTable& table, const Rise& rise) { return Chooser(table, rise).choose(); }

}  // namespace nightjar
