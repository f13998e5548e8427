#include "figure/port_groups.hpp"

#include <gtest/gtest.h>

#include <string>

#include "figure/embedded_figures.hpp"

namespace nightjar {
namespace {

std::string error_of(const std::string& toml) {
  const auto groups = parse_port_groups(toml, "g.toml");
  return groups ? "" : groups.error().sentence;
}

// NICTER's report of 2017 names 23, 2323, 5358, 7547 and 1900/UDP as ports that IoT devices use.
TEST(PortGroups, TheBuiltInOnesKnowTheIotPortsOfNicter) {
  const auto groups = parse_port_groups(embedded_port_groups(), "port-groups.toml");
  ASSERT_TRUE(groups) << groups.error().sentence;
  const PortGroup& iot = groups->front();
  EXPECT_EQ(iot.name, "iot");
  for (const std::uint16_t port : {23, 2323, 5358, 7547}) EXPECT_TRUE(iot.contains(6, port)) << port;
  EXPECT_TRUE(iot.contains(17, 1900));
  EXPECT_FALSE(iot.contains(17, 23));
  EXPECT_FALSE(iot.contains(6, 445));
}

TEST(PortGroups, TakesNumbersAndRanges) {
  const auto groups = parse_port_groups("[[group]]\nname = \"a\"\ntcp = [1, \"5..7\"]\nudp = [\"9\"]\n", "g.toml");
  ASSERT_TRUE(groups) << groups.error().sentence;
  EXPECT_TRUE(groups->front().contains(6, 6));
  EXPECT_FALSE(groups->front().contains(6, 8));
  EXPECT_TRUE(groups->front().contains(17, 9));
}

TEST(PortGroups, SayWhereTheyAreWrong) {
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\ntcp = [1]\n[[group]]\nname = \"b\"\ntcp = [\"0..9\"]\n"),
            "g.toml:4: port 1/tcp stands in the groups a and b; shares would count it twice");
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\n[[group]]\nname = \"a\"\n"), "g.toml:3: there are two groups \"a\"");
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\ntcp = [70000]\n"),
            "g.toml:3: a port is a number from 0 to 65535 or a range like \"8000..8010\"");
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\ntcp = [\"9..1\"]\n"),
            "g.toml:3: a port is a number from 0 to 65535 or a range like \"8000..8010\"");
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\ntcp = 23\n"), "g.toml:3: tcp is a list of ports like [23, \"8000..8010\"]");
  EXPECT_EQ(error_of("[[group]]\nname = \"a\"\nport = 23\n"), "g.toml:3: a group has name, title, tcp and udp, not \"port\"");
  EXPECT_EQ(error_of("[[group]]\nname = 1\n"), "g.toml:2: name is a text");
  EXPECT_EQ(error_of("[[group]]\ntcp = [1]\n"), "g.toml:1: a group needs a name");
  EXPECT_EQ(error_of("colour = 1\n"), "g.toml: the file holds tables [[group]] and nothing else");
  EXPECT_TRUE(error_of("[[group]\n").starts_with("g.toml:1: "));
  // toml++ asserts on these instead of refusing them.
  EXPECT_TRUE(error_of("[[[a]]]").starts_with("g.toml: this is no TOML"));
  EXPECT_TRUE(error_of("a = [}").starts_with("g.toml"));
  EXPECT_TRUE(error_of("\n\xe3\x80\x80 = 1\n").starts_with("g.toml:2: "));
}

}  // namespace
}  // namespace nightjar
