#include "payload/udp_request.hpp"

#include <gtest/gtest.h>

#include "payload/request_kinds.hpp"
#include "payload/sample_requests.hpp"

namespace nightjar {
namespace {

using namespace test;

using namespace std::string_view_literals;

std::string kinds_of(const UdpRequest& request) { return kinds_text(request.service, request.kinds); }

TEST(UdpRequest, is_read_as_standards_and_known_probes_have_it) {
  for (const test::SampleRequest& sample : test::sample_requests()) {
    SCOPED_TRACE(sample.what);
    const UdpRequest request = read_request(sample.bytes, sample.port);
    EXPECT_EQ(name_of(request.service), name_of(sample.service));
    EXPECT_EQ(kinds_of(request), sample.kinds);
    EXPECT_EQ(request.query.view(), sample.query);
    EXPECT_EQ(request.reply_bytes, sample.reply);
    EXPECT_FALSE(request.answer);
  }
}

TEST(UdpRequest, is_recognised_by_its_bytes_at_ports_that_are_nobodys_own) {
  const auto by_port_alone = [](Service service) {
    return service == Service::chargen || service == Service::qotd || service == Service::ard || service == Service::mssql ||
           service == Service::rdp || service == Service::slp || service == Service::ubiquiti || service == Service::openvpn;
  };
  unsigned recognised = 0;
  for (const test::SampleRequest& sample : test::sample_requests()) {
    SCOPED_TRACE(sample.what);
    const UdpRequest request = read_request(sample.bytes, 40'000);
    if (request.service == Service::unknown) {
      EXPECT_EQ(kinds_of(request), "other");
      EXPECT_EQ(request.reply_bytes, 0u);
      continue;
    }
    ++recognised;
    EXPECT_FALSE(by_port_alone(sample.service)) << "recognised as " << name_of(request.service);
    // A search for services by multicast DNS is a DNS query where the port does not tell.
    EXPECT_EQ(name_of(request.service), name_of(sample.service == Service::mdns ? Service::dns : sample.service));
  }
  EXPECT_GE(recognised, 35u);
}

TEST(UdpRequest, belongs_to_the_service_of_the_port_whatever_its_bytes_are) {
  const UdpRequest request = read_request(text_bytes("GET / HTTP/1.1\r\n\r\n"), 53);
  EXPECT_EQ(name_of(request.service), "dns");
  EXPECT_EQ(kinds_of(request), "other");
  EXPECT_EQ(request.query.view(), "");
  EXPECT_EQ(name_of(read_request(hex("17 00 03 2a 00000000"), 1900).service), "ssdp");
}

TEST(UdpRequest, is_unknown_where_neither_port_nor_bytes_tell) {
  for (const test::ByteVector& bytes :
       {hex(""), hex("00"), text_bytes("GET / HTTP/1.1\r\n\r\n"), text_bytes("OPTIONS sip:100@1.2.3.4 SIP/2.0\r\n"), hex("ffffffff"),
        hex("3000"), hex("4001"), hex("0000000000000000000000000000")}) {
    const UdpRequest request = read_request(bytes, 40'000);
    EXPECT_EQ(name_of(request.service), "unknown");
    EXPECT_EQ(request.kinds, kOtherRequest);
    EXPECT_FALSE(request.answer);
  }
}

TEST(UdpRequest, tells_answers_from_requests) {
  struct Answer {
    std::string_view what;
    std::uint16_t port;
    test::ByteVector bytes;
  };
  const std::vector<Answer> answers = {
      {"DNS", 53, hex("1234 8180 0001 0001 0000 0000 00 00ff 0001")},
      {"mDNS", 5353, hex("0000 8400 0000 0001 0000 0000")},
      {"NTP, time of a server", 123, hex("24 01") + test::ByteVector(46, 0)},
      {"NTP, variables", 123, hex("16 82 0001 0000 0000 0000 0000")},
      {"NTP, last packet of a list", 123, hex("97 00 03 2a 0006 0048")},
      {"NTP, packet of a list", 123, hex("d7 00 03 2a 0006 0048")},
      {"SSDP", 1900, text_bytes("HTTP/1.1 200 OK\r\nST: ssdp:all\r\n\r\n")},
      {"SSDP, elsewhere", 40'000, text_bytes("HTTP/1.1 200 OK\r\n")},
  };
  for (const Answer& answer : answers) {
    SCOPED_TRACE(answer.what);
    const UdpRequest request = read_request(answer.bytes, answer.port);
    EXPECT_TRUE(request.answer);
    EXPECT_EQ(request.kinds, 0u);
    EXPECT_EQ(request.reply_bytes, 0u);
  }
}

TEST(UdpRequest, escapes_what_is_not_printable_in_its_query) {
  const UdpRequest file = read_request(hex("0001") + text_bytes("a\tb\\\x1b[2J \xc3\xa4") + hex("00 6f 00"), 69);
  EXPECT_EQ(file.query.view(), R"(a\tb\\\x1b[2J \xc3\xa4)");
  const UdpRequest community = read_request(hex("301f 020101 0404 0a0d7f80 a114 020101 020100 020100 3009 3007 0603 2b0601 0500"), 161);
  EXPECT_EQ(community.query.view(), R"(\n\r\x7f\x80 1.3.6.1)");
}

TEST(UdpRequest, cuts_a_query_that_is_too_long_and_says_so) {
  const UdpRequest request = read_request(hex("0001") + test::ByteVector(1'000, 'a') + hex("00"), 69);
  EXPECT_EQ(request.query.view(), std::string(QueryText::kMost - 3, 'a') + "...");
  const UdpRequest escaped = read_request(hex("0001") + test::ByteVector(1'000, 0x80) + hex("00"), 69);
  EXPECT_LE(escaped.query.view().size(), QueryText::kMost);
  EXPECT_TRUE(escaped.query.view().ends_with("\\x80...")) << "no escape is cut in two";
}

TEST(UdpRequest, of_ssdp_counts_every_target) {
  const auto target = [](std::string_view text) {
    const std::string search = "M-SEARCH * HTTP/1.1\r\nMX: 1\r\nST: " + std::string(text) + "\r\n\r\n";
    return kinds_text(Service::ssdp, read_request(text_bytes(search), 1900).kinds);
  };
  EXPECT_EQ(target("upnp:all"), "m-search upnp:all");
  EXPECT_EQ(target("upnp:discover"), "m-search upnp:discover");
  EXPECT_EQ(target("urn:schemas-upnp-org:device:InternetGatewayDevice:1"), "m-search urn");
  EXPECT_EQ(target("uuid:fab99147-1685"), "m-search uuid");
  EXPECT_EQ(target("roku:ecp"), "m-search other-target");
  EXPECT_EQ(target(""), "other") << "a search for nothing gets no answer";
  EXPECT_EQ(kinds_of(read_request(text_bytes("NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\n\r\n"), 1900)), "notify");
}

TEST(UdpRequest, of_snmp_draws_as_much_as_the_repetitions_that_it_asks_for) {
  const auto reply = [](std::uint8_t repetitions) {
    auto bytes = hex("3020 020101 0406 7075626c6963 a513 02020001 020100 020100 3007 3005 0601 28 0500");
    bytes[24] = repetitions;
    return read_request(bytes, 161).reply_bytes;
  };
  EXPECT_EQ(reply(1), 70u);
  EXPECT_EQ(reply(10), 430u);
  EXPECT_EQ(reply(100), 1'400u) << "one packet is all";
}

TEST(UdpRequest, knows_which_ports_are_a_services_own) {
  EXPECT_EQ(service_of_port(53), Service::dns);
  EXPECT_EQ(service_of_port(11'211), Service::memcached);
  EXPECT_EQ(service_of_port(443), std::nullopt) << "QUIC and DTLS share it";
  EXPECT_EQ(service_of_port(0), std::nullopt);
}

}  // namespace
}  // namespace nightjar
