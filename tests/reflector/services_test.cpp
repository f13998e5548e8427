#include <gtest/gtest.h>

#include <set>

#include "payload/sample_requests.hpp"
#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

TEST(OfferedServices, AreTheFifteenThatAReflectorHas) {
  const std::set<std::string_view> expected = {"chargen",      "qotd", "dns", "ntp",  "ssdp", "memcached", "cldap", "snmp",
                                               "ws-discovery", "coap", "ard", "mdns", "stun", "portmap",   "mssql"};
  std::set<std::string_view> names;
  for (const OfferedService& service : offered_services()) {
    names.insert(name_of(service.service));
    EXPECT_FALSE(service.sentence.empty());
    EXPECT_FALSE(service.ports.empty());
    EXPECT_EQ(offered(service.service), &service);
    for (const std::uint16_t port : service.ports) {
      EXPECT_EQ(offered_at(port), &service) << port;
      const auto own = service_of_port(port);
      EXPECT_TRUE(!own || *own == service.service) << port << " is counted as another's";
    }
  }
  EXPECT_EQ(names, expected);
  EXPECT_EQ(offered_at(80), nullptr);
  EXPECT_EQ(offered(Service::rdp), nullptr);
}

TEST(OfferedServices, AnswerTheRequestsOfKnownProbesWithinTheCap) {
  std::set<Service> answered;
  for (const nightjar::test::SampleRequest& sample : nightjar::test::sample_requests()) {
    if (offered_at(sample.port) == nullptr) continue;
    SCOPED_TRACE(sample.what);
    for (const ByteVector& packet : ask(sample.port, sample.bytes)) {
      EXPECT_GE(packet.size(), 1u);
      EXPECT_LE(packet.size(), 1'232u);
      answered.insert(sample.service);
    }
  }
  EXPECT_EQ(answered.size(), offered_services().size()) << "every service answers at least one of them";
}

TEST(ReplyPackets, HoldTenAndNoneThatIsTooLargeOrEmpty) {
  static ReplyPackets replies;
  for (std::size_t i = 0; i < 12; ++i) {
    PacketWriter packet = replies.open();
    packet.zeros(1'232);
    EXPECT_EQ(replies.close(packet), i < 10) << i;
  }
  EXPECT_EQ(replies.size(), 10u);
  replies.clear();
  PacketWriter large = replies.open();
  large.zeros(1'233);
  EXPECT_FALSE(replies.close(large));
  EXPECT_FALSE(replies.close(replies.open()));
  PacketWriter cut = replies.open();
  cut.zeros(1'231);
  cut.be16(1);
  EXPECT_FALSE(cut.fits());
  cut.u8(1);
  EXPECT_FALSE(replies.close(cut)) << "what did not fit once is not sent in part";
}

}  // namespace
}  // namespace nightjar::reflector
