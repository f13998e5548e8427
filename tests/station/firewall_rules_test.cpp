// The rules that the kernel of a sensor gets: whom they name, and whether nft takes them.
#include "station/firewall_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "enrich/geolocation.hpp"
#include "support/own_network.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::OwnNetwork;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Prefix prefix(const char* text) { return *parse_prefix(text); }

FirewallPlan plan_of_all_ways() {
  FirewallPlan plan;
  plan.nets = {{prefix("45.0.0.0/24")},
               {prefix("45.0.1.7/32"), PotWay::redirect, true},
               {prefix("45.2.0.0/16"), PotWay::wide},
               {prefix("45.0.3.0/24"), PotWay::listen},
               {prefix("2a00:45::/48")},
               {prefix("2a00:46::/48"), PotWay::redirect},
               {prefix("2a00:47::/48"), PotWay::wide}};
  plan.never = {prefix("45.9.0.0/24"), prefix("2a00:9::/48")};
  return plan;
}

TEST(FirewallRules, SayNothingForNoAddresses) {
  const FirewallRules rules = firewall_rules({});
  EXPECT_TRUE(rules.nftables.empty());
  EXPECT_TRUE(rules.commands.empty());
  EXPECT_TRUE(rules.undo.empty());
}

TEST(FirewallRules, RoutesAreThoseOfAddressesWhereTheMachineDoesNotLiveItself) {
  FirewallPlan plan;
  plan.nets = {{prefix("45.0.0.0/24")}, {prefix("45.0.1.7/32"), PotWay::redirect, true}, {prefix("2a00:47::/48"), PotWay::wide}};
  const FirewallRules rules = firewall_rules(plan);
  EXPECT_THAT(rules.commands, ElementsAre("sysctl -w net.ipv4.tcp_synack_retries=0", "ip route replace local 45.0.0.0/24 dev lo",
                                          "ip -6 route replace local 2a00:47::/48 dev lo"));
  EXPECT_THAT(rules.undo, ElementsAre("ip route del local 45.0.0.0/24 dev lo", "ip -6 route del local 2a00:47::/48 dev lo",
                                      "nft delete table inet nightjar_pots", "sysctl -w net.ipv4.tcp_synack_retries=5"));
}

TEST(FirewallRules, OnlyTheWideNetsAndReflectorsDoWithoutTheKernelsHandshakes) {
  FirewallPlan plan;
  plan.nets = {{prefix("45.2.0.0/16"), PotWay::wide}, {prefix("45.0.3.0/24"), PotWay::listen}};
  const FirewallRules rules = firewall_rules(plan);
  EXPECT_THAT(rules.commands, Not(::testing::Contains(HasSubstr("synack"))));
  EXPECT_THAT(rules.nftables, Not(HasSubstr("tproxy")));
  EXPECT_THAT(rules.nftables, HasSubstr("limit rate over 100/second burst 100 packets drop"));
}

/// The blocks that a set of the file names.
std::vector<Prefix> elements_of(const std::string& text, const std::string& set) {
  std::vector<Prefix> list;
  const std::size_t begin = text.find("elements = { ", text.find("set " + set + " ")) + 13, end = text.find(" }", begin);
  for (std::size_t at = begin; at < end; at = text.find_first_not_of(", ", text.find_first_of(", ", at)))
    list.push_back(prefix(text.substr(at, text.find_first_of(", ", at) - at).c_str()));
  return list;
}

TEST(FirewallRules, ReservedSourcesAreThoseThatNothingElseAnswers) {
  FirewallPlan plan = plan_of_all_ways();
  plan.never.clear();
  const std::string text = firewall_rules(plan).nftables;
  for (const std::uint64_t version : {4, 6}) {
    const std::vector<Prefix> never = elements_of(text, version == 4 ? "never4" : "never6");
    ASSERT_GT(never.size(), 5U);
    const auto named = [&](const Address& address) {
      return std::any_of(never.begin(), never.end(), [&](const Prefix& one) { return one.contains(address); });
    };
    // Every border of a /24 (IPv6: of the first 24 bits, and the longer ones that are named) lies in both or in neither.
    for (std::uint64_t i = 0; i < 1U << 24; ++i) {
      const Address address{static_cast<std::uint8_t>(version), version == 4 ? i << 8 : i << 40, 0};
      ASSERT_EQ(named(address), is_reserved(address.version, address.high, address.low)) << format(address);
    }
    for (const Prefix& one : never) {
      EXPECT_TRUE(is_reserved(one.first.version, one.first.high, one.first.low)) << format(one);
      EXPECT_TRUE(is_reserved(one.first.version, one.last().high, one.last().low)) << format(one);
    }
  }
}

TEST(FirewallRules, AreTakenByNftAndTakenBack) {
  if (!OwnNetwork::allowed()) GTEST_SKIP() << "this machine allows no networks of one's own (unshare -n), or lacks the ip command";
  if (!OwnNetwork::command("nft --version")) GTEST_SKIP() << "nft is not installed (Debian package nftables)";
  TempFolder folder;
  const FirewallRules rules = firewall_rules(plan_of_all_ways());
  std::ofstream(folder / "rules.nft") << rules.nftables;
  EXPECT_TRUE(OwnNetwork::passes([&] {
    const std::string load = "nft -f " + (folder / "rules.nft").string();
    bool good = std::system(load.c_str()) == 0 && std::system(load.c_str()) == 0;  // again, over the old one
    for (const std::string& command : rules.commands) good = OwnNetwork::command(command) && good;
    for (const std::string& command : rules.undo) good = OwnNetwork::command(command) && good;
    return good && !OwnNetwork::command("nft list tables | grep -q nightjar");
  }));
}

}  // namespace
}  // namespace nightjar
