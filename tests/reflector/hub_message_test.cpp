#include "reflector/hub_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar::reflector {
namespace {

using ::testing::ElementsAre;

TEST(HubMessage, CarriesAPrefix) {
  for (const char* text : {"203.0.113.7", "203.0.113.0/24", "2001:db8:1:2::/64", "2001:db8:1::/48"}) {
    const Prefix prefix = parse_prefix(text).value();
    EXPECT_EQ(attack_of(hub_message(prefix)), prefix) << text;
  }
  EXPECT_THAT(hub_message(parse_prefix("203.0.113.0/24").value()),
              ElementsAre('A', 4, 24, 0, 0, 0, 0, 203, 0, 113, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(HubMessage, WhatIsNotSharedIsNotTaken) {
  for (const char* text : {"0.0.0.0/0", "203.0.112.0/23", "2001:db8::/32", "2001:db8::1"})
    EXPECT_FALSE(attack_of(hub_message(parse_prefix(text).value()))) << text;
  auto message = hub_message(parse_prefix("203.0.113.0/24").value());
  EXPECT_FALSE(attack_of(std::span(message).first(18)));
  message[10] = 1;  // 203.0.113.1/24
  EXPECT_FALSE(attack_of(message));
  message = hub_message(parse_prefix("203.0.113.7").value());
  message[5] = 1;  // no IPv4 address
  EXPECT_FALSE(attack_of(message));
  message = hub_message(parse_prefix("203.0.113.7").value());
  message[0] = 'B';
  EXPECT_FALSE(attack_of(message));
  message[0] = 'A';
  message[1] = 5;
  EXPECT_FALSE(attack_of(message));
}

}  // namespace
}  // namespace nightjar::reflector
