#include "enrich/services.hpp"

#include <gtest/gtest.h>

#include <cctype>

#include "net/packet.hpp"

namespace nightjar {
namespace {

TEST(Services, NamesThePortsOfTheBotnetsOf2017) {
  EXPECT_EQ(service_name(protocol::kTcp, 23), "telnet");
  EXPECT_EQ(service_name(protocol::kTcp, 7547), "cwmp");
  EXPECT_EQ(service_name(protocol::kTcp, 37215), "huawei-upnp");
  EXPECT_EQ(service_name(protocol::kTcp, 52869), "realtek-upnp");
  EXPECT_EQ(service_name(protocol::kUdp, 1900), "ssdp");
}

TEST(Services, TellsProtocolsApart) {
  EXPECT_EQ(service_name(protocol::kTcp, 514), "rsh");
  EXPECT_EQ(service_name(protocol::kUdp, 514), "syslog");
}

TEST(Services, NamesIcmpByTypeTimes256PlusCode) {
  EXPECT_EQ(service_name(protocol::kIcmp, 8 * 256), "echo-request");
  EXPECT_EQ(service_name(protocol::kIcmp, 3 * 256 + 3), "port-unreachable");
  EXPECT_EQ(service_name(protocol::kIcmpv6, 128 * 256), "echo-request");
}

TEST(Services, HasNoNameForOtherPorts) {
  EXPECT_EQ(service_name(protocol::kTcp, 1), "");
  EXPECT_EQ(service_name(protocol::kTcp, 65535), "");
  EXPECT_EQ(service_name(protocol::kGre, 0), "");
  EXPECT_EQ(find_service(0, 0), nullptr);
}

TEST(Services, HasAShortNameAndASentenceInEveryRow) {
  EXPECT_GT(services().size(), 120U);
  for (const NamedService& service : services()) {
    EXPECT_FALSE(service.name.empty());
    EXPECT_LE(service.name.size(), 20U) << service.name;
    for (const char c : service.name) {
      EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '-') << service.name;
    }
    EXPECT_TRUE(service.sentence.ends_with('.')) << service.name;
    EXPECT_EQ(find_service(service.protocol, service.port), &service);
  }
}

}  // namespace
}  // namespace nightjar
