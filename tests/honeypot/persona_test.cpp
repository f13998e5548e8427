#include "honeypot/persona.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "honeypot/login_rule.hpp"

namespace nightjar {
namespace {

TEST(Persona, OneSeedIsOneDeviceForEver) {
  const Persona one(budget::Secret{1, 2}), again(budget::Secret{1, 2}), other(budget::Secret{1, 3});
  EXPECT_EQ(one.hex("serial", 12), again.hex("serial", 12));
  EXPECT_NE(one.hex("serial", 12), other.hex("serial", 12));
  EXPECT_NE(one.hex("serial", 12), one.hex("salt", 12));
  EXPECT_NE(one.bytes("salt", 8, 1), one.bytes("salt", 8, 2));
}

TEST(Persona, EachAddressIsADeviceOfItsOwn) {
  const Persona sensor(budget::Secret{1, 2});
  std::set<std::string> serials;
  for (std::uint64_t host = 0; host < 1'000; ++host) {
    serials.insert(sensor.at({4, 0x14000000 + host, 0}).hex("serial", 12));
    serials.insert(sensor.at({6, 0x2a00'0001'0000'0000, host}).hex("serial", 12));
  }
  EXPECT_EQ(serials.size(), 2'000U);
  EXPECT_EQ(sensor.at({4, 1, 0}).hex("serial", 12), sensor.at({4, 1, 0}).hex("serial", 12));
}

TEST(Persona, LengthsAreAsAsked) {
  const Persona persona(budget::Secret{1, 2});
  for (std::size_t length = 0; length < 40; ++length) {
    EXPECT_EQ(persona.hex("x", length).size(), length);
    EXPECT_EQ(persona.bytes("x", length).size(), length);
  }
  EXPECT_TRUE(std::regex_match(persona.uuid("device"), std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
}

TEST(LoginRule, APairIsLetInAlwaysOrNever) {
  const Persona persona(budget::Secret{5, 6});
  LoginRule rule;
  rule.share_percent = 40;
  int in = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string password = std::to_string(i);
    EXPECT_EQ(rule.lets_in(persona, "root", password), rule.lets_in(persona, "root", password));
    in += rule.lets_in(persona, "root", password);
  }
  EXPECT_NEAR(in, 400, 60) << "four standard deviations of 1,000 draws";
}

}  // namespace
}  // namespace nightjar
