#include "simulate/observatory_toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <optional>

#include "base/time.hpp"
#include "simulate/model.hpp"

namespace nightjar::simulate {
namespace {

/// The fewest blocks that are exactly the addresses first to first + count - 1.
std::vector<Prefix> blocks(std::uint32_t first, std::uint32_t count) {
  std::vector<Prefix> list;
  while (count > 0) {
    const std::uint32_t aligned = first == 0 ? 1U << 31 : first & -first;
    const std::uint32_t size = std::min(aligned, std::bit_floor(count));
    list.push_back({{4, first, 0}, static_cast<std::uint8_t>(32 - std::countr_zero(size))});
    first += size;
    count -= size;
  }
  return list;
}

void add_sensor(std::string& text, const std::string& name, const char* kind, const std::vector<std::string>& prefixes) {
  fmt::format_to(std::back_inserter(text), "\n[[sensor]]\nname = \"{0}\"\nkind = \"{1}\"\nprefixes = [\n", name, kind);
  for (const std::string& prefix : prefixes) text += "  " + prefix + ",\n";
  fmt::format_to(std::back_inserter(text), "]\ncaptures = [\"{0}/*.pcap\", \"{0}/*.pcap.zst\"]\n", name);
}

}  // namespace

std::string pot_name(std::uint32_t pot) { return fmt::format("reflector-{}", pot + 1); }

std::uint32_t observed_addresses(const Scenario& scenario, std::uint32_t addresses, std::int64_t second) {
  return std::max(1U, static_cast<std::uint32_t>(std::lround(addresses * observed_share(scenario, second))));
}

std::string observatory_toml(const Scenario& scenario, std::uint32_t addresses, std::uint32_t pots, std::int64_t from, std::int64_t to) {
  std::string text = fmt::format("# Modelled data: nightjar simulate {}\norigin = \"modelled\"\n", scenario.name);

  // A stretch of days in which the same addresses are observed; addresses that stay get one entry, so stretches are cut by address.
  std::vector<std::int64_t> borders = {from};
  for (const SizeChange& change : scenario.sizes) {
    if (change.from > from && change.from < to) borders.push_back(change.from);
  }
  std::vector<std::uint32_t> steps;  // sizes that occur
  for (const std::int64_t border : borders) steps.push_back(observed_addresses(scenario, addresses, border));
  std::vector<std::uint32_t> sizes = steps;
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  std::vector<std::string> prefixes;
  std::uint32_t below = 0;
  for (const std::uint32_t size : sizes) {
    for (const Prefix& block : blocks(kDarknetFirst + below, size - below)) {
      for (std::size_t i = 0; i < borders.size(); ++i) {
        if (steps[i] < size || (i > 0 && steps[i - 1] >= size)) continue;  // not observed, or told already
        std::size_t last = i;
        while (last + 1 < borders.size() && steps[last + 1] >= size) ++last;
        const bool starts = i > 0, ends = last + 1 < borders.size();
        const std::string begin = starts ? fmt::format(", from = \"{}\"", format_day(floor_div(borders[i], kSecondsPerDay))) : "";
        const std::string end = ends ? fmt::format(", to = \"{}\"", format_day(floor_div(borders[last + 1], kSecondsPerDay))) : "";
        prefixes.push_back(starts || ends ? fmt::format("{{ prefix = \"{}\"{}{} }}", format(block), begin, end)
                                          : fmt::format("\"{}\"", format(block)));
      }
    }
    below = size;
  }
  add_sensor(text, kDarknetName, "darknet", prefixes);

  const auto quoted = [](std::uint32_t first, std::uint32_t count) {
    std::vector<std::string> list;
    for (const Prefix& block : blocks(first, count)) list.push_back(fmt::format("\"{}\"", format(block)));
    return list;
  };
  if (scenario.honeypot.addresses > 0) add_sensor(text, kHoneypotName, "honeypot", quoted(kHoneypotFirst, scenario.honeypot.addresses));
  for (std::uint32_t pot = 0; pot < pots; ++pot) add_sensor(text, pot_name(pot), "reflector", quoted(kReflectorsFirst + pot + 1, 1));
  return text;
}

}  // namespace nightjar::simulate
