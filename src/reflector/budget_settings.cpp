#include "reflector/budget_settings.hpp"

#include <array>
#include <string>

namespace nightjar::reflector {
namespace {

using S = BudgetSettings;

constexpr std::array kSettings = {
    BudgetSetting{"replies_per_host", &S::replies_per_host, "packets in any hour", 0, kMostReplyPackets,
                  "Packets that an address (IPv6: a /64) gets at most, over all services together.",
                  "A scanner wants one to three answers to believe in a server; an attack wants thousands."},
    BudgetSetting{"free_replies_per_host", &S::free_replies_per_host, "packets in any hour", 0, 3,
                  "So many of them may be larger than what was asked; after these no more bytes leave than came.",
                  "With more than three an attack could make use of us. Bytes out are counted with their headers, bytes in without."},
    BudgetSetting{"replies_per_host_alone", &S::replies_per_host_alone, "packets in any hour", 0, 3,
                  "What one of several sensors gives an address without a grant of the hub.",
                  "The free replies are for the whole deployment: sensors that cannot ask each other must not give them once each."},
    BudgetSetting{"replies_per_prefix", &S::replies_per_prefix, "packets in any hour", 0, 50,
                  "Packets that a /24 (IPv6: /48) gets at most. Of several sensors each gives its part without the hub, at least one.",
                  "Attacks are spread over a victim's whole network; ten are three scanners in it."},
    BudgetSetting{"sensor_replies_per_second", &S::sensor_replies_per_second, "packets in any second", 0, 100,
                  "Packets that leave this sensor at most.", "More sources at once than that are forged."},
    BudgetSetting{"sensor_bits_per_second", &S::sensor_bits_per_second, "bit/s, IP packets, in any second", 0, 64'000,
                  "What leaves this sensor at most.", "A modem's rate: nobody is flooded by it, whatever else fails."},
    BudgetSetting{"deployment_bits_per_second", &S::deployment_bits_per_second, "bit/s, IP packets", 0, 256'000,
                  "What leaves all sensors together at most; each has its equal part of it, as no link can be relied on.",
                  "Four sensors at their own limit. More sensors see more; they need not send more."},
    BudgetSetting{"sensors", &S::sensors, "sensors", 1, 1'000, "How many sensors share the deployment's budget, this one too.",
                  "One alone is its own hub."},
    BudgetSetting{"reply_bytes", &S::reply_bytes, "bytes of UDP payload", 0, kMostReplyBytes, "No reply packet is larger.",
                  "1232 bytes fit into IPv6's smallest MTU of 1280: no packet of ours is ever a fragment."},
    BudgetSetting{"attack_packets", &S::attack_packets, "packets without a gap of silence_seconds", 2, 100,
                  "From so many requests on, over all services, an address is the victim of an attack and gets nothing.",
                  "The lowest number in use: more than 5 at one sensor (Thomas et al. 2017). Fewer is a scan."},
    BudgetSetting{"prefix_attack_packets", &S::prefix_attack_packets, "packets without a gap of silence_seconds", 10, 250,
                  "The same for a /24 (IPv6: /48).",
                  "What AmpPot calls an attack on one address (Kraemer et al. 2015), spread over a network."},
    BudgetSetting{"silence_seconds", &S::silence_seconds, "s", 3'600, 86'400,
                  "An attack is over, and a source whose history was lost gets answers again, so long after the last packet.",
                  "The gap that ends an attack in AmpPot's definition; with less, an attack that pauses gets the first replies again."},
    BudgetSetting{"hosts", &S::hosts, "addresses", 1'024, 4'194'304,
                  "Addresses that were answered or attacked in the last hour: so many are remembered, further ones get nothing.",
                  "112 bytes each. 65,536 are an hour of 18 new sources a second."},
    BudgetSetting{"prefixes", &S::prefixes, "networks", 1'024, 4'194'304, "The same for /24 (IPv6: /48).", "112 bytes each."},
    BudgetSetting{"sketch_cells", &S::sketch_cells, "cells a row", 1'024, 16'777'216,
                  "Width of the sketch that counts the requests of all sources, however many: 12 bytes a cell.",
                  "With a million sources in an hour it takes fewer than one in twenty of them for more than they are."},
};

}  // namespace

std::span<const BudgetSetting> budget_settings() { return kSettings; }

Result<void> check(const BudgetSettings& settings) {
  for (const BudgetSetting& setting : kSettings) {
    const std::int64_t value = settings.*setting.value;
    if (value >= setting.least && value <= setting.most) continue;
    return Error{std::string(setting.key) + " is " + std::to_string(value) + ", but must be from " + std::to_string(setting.least) +
                 " to " + std::to_string(setting.most) + " (" + std::string(setting.unit) + ")"};
  }
  if (settings.replies_per_host_alone > settings.replies_per_host)
    return Error{"replies_per_host_alone is above replies_per_host; a sensor alone must not give more than all together"};
  return {};
}

}  // namespace nightjar::reflector
