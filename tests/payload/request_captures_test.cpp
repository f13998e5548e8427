// Real captures of requests (amp-request). Expected numbers were read with tshark 4.0.17; the fields are named at each test.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>

#include "capture/reader.hpp"
#include "decode/decode.hpp"
#include "payload/request_kinds.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Counts = std::map<std::string, unsigned>;

class RequestCaptures : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(folder_)) GTEST_SKIP() << "the captures are not there: " << folder_;
  }

  /// Calls `seen` with every packet of a capture and what it carries.
  void walk(const std::string& name, const std::function<void(const Packet&, Bytes)>& seen) {
    auto reader = CaptureReader::open(folder_ / name, {});
    ASSERT_TRUE(reader) << reader.error().sentence;
    PacketBlock block;
    while ((*reader)->next(block)) {
      for (const RawPacket& raw : block.packets) {
        Packet packet;
        ASSERT_EQ(decode(raw, {}, packet), Undecodable::none);
        seen(packet, Bytes(raw.bytes + packet.payload_offset, packet.payload_size));
      }
    }
  }

  /// "service: kinds: query" of every datagram, "service: answer" of answers.
  Counts requests_of(const std::string& name) {
    Counts counts;
    walk(name, [&](const Packet& packet, Bytes payload) {
      if (packet.protocol != protocol::kUdp) return;
      const UdpRequest request = read_request(payload, packet.dst_port);
      std::string line(name_of(request.service));
      line += request.answer ? ": answer" : ": " + kinds_text(request.service, request.kinds);
      if (!request.query.empty()) line += ": " + std::string(request.query.view());
      ++counts[line];
    });
    return counts;
  }

 private:
  std::filesystem::path folder_ = std::filesystem::path(NIGHTJAR_CAPTURES_DIR) / "amp-request";
};

// -e ntp.flags.vn -e ntp.priv.impl -e ntp.priv.reqcode: 2, XNTPD (3), MON_GETLIST_1 (42)
TEST_F(RequestCaptures, have_a_monlist) { EXPECT_EQ(requests_of("ntp-monlist.pcap"), (Counts{{"ntp: monlist version-2", 1}})); }

// -e udp.dstport -e ntp.flags.vn -e ntp.priv.flags.r -e ntp.priv.reqcode: to port 123 four requests of version 2 with codes 28, 8, 38 and 1
// (PEER_LIST_SUM); to port 32795 their four answers, which no port tells.
TEST_F(RequestCaptures, have_requests_of_mode_7) {
  EXPECT_EQ(requests_of("ntp-mode7.pcap"),
            (Counts{{"ntp: private version-2", 3}, {"ntp: peer-list-sum version-2", 1}, {"unknown: other", 4}}));
}

// -e udp.length of the answers to codes 28, 8, 38 and 1: 52, 40, 76, 448 with the 8 bytes of UDP's header
TEST_F(RequestCaptures, have_the_replies_that_constants_were_measured_by) {
  std::vector<std::size_t> sizes;
  walk("ntp-mode7.pcap", [&](const Packet& packet, Bytes payload) {
    if (packet.src_port == 123) sizes.push_back(payload.size());
  });
  EXPECT_EQ(sizes, (std::vector<std::size_t>{44, 32, 68, usual_reply(Service::ntp, ntp_kind::peer_list_sum)}));
  std::size_t stats = 0;
  walk("memcached.cap", [&](const Packet& packet, Bytes payload) {
    if (packet.src_port == 11211) stats += payload.size();
  });
  EXPECT_EQ(stats + 8, usual_reply(Service::memcached, memcached_kind::stats)) << "with the frame of UDP";
}

// -Y 'http.request.method == "M-SEARCH"' -e http.request.line: 56 searches by their ST; all with MX. NOTIFY: 49 times.
TEST_F(RequestCaptures, have_searches_of_ssdp) {
  const Counts counts = requests_of("ssdp.pcap");
  EXPECT_EQ(counts, (Counts{
                        {"ssdp: m-search urn: urn:dial-multiscreen-org:service:dial:1", 30},
                        {"ssdp: m-search urn: urn:schemas-canon-com:service:icpo-wfteossystemservice:1", 7},
                        {"ssdp: m-search rootdevice: upnp:rootdevice", 3},
                        {"ssdp: m-search uuid: uuid:ebf5a0a0-1dd1-11b2-a90f-20aa4b7e22b3", 2},
                        {"ssdp: m-search urn: urn:schemas-upnp-org:device:internetgatewaydevice:1", 6},
                        {"ssdp: m-search urn: urn:schemas-upnp-org:device:mediarenderer:1", 3},
                        {"ssdp: m-search urn: urn:schemas-upnp-org:device:mediaserver:1", 3},
                        {"ssdp: notify", 49},
                    }));
}

// -e udp.dstport -e udp.length -e udp.payload: 14 datagrams of 656 bytes to port 3702, each an envelope with wsd:Resolve
TEST_F(RequestCaptures, have_resolves_of_ws_discovery) {
  EXPECT_EQ(requests_of("upnp.pcap"), (Counts{{"ws-discovery: resolve up-to-1023", 14}}));
}

// -e memcache.command: stats. It came over TCP; behind the frame of UDP it is what attackers send.
TEST_F(RequestCaptures, have_the_words_of_memcached) {
  unsigned commands = 0;
  walk("memcached.cap", [&](const Packet& packet, Bytes payload) {
    if (packet.dst_port != 11211 || payload.empty()) return;
    ++commands;
    const UdpRequest bare = read_request(payload, 11211);
    EXPECT_EQ(kinds_text(bare.service, bare.kinds), "stats bare");
    std::vector<std::uint8_t> framed = {0, 1, 0, 0, 0, 1, 0, 0};
    framed.insert(framed.end(), payload.begin(), payload.end());
    const UdpRequest request = read_request(framed, 11211);
    EXPECT_EQ(kinds_text(request.service, request.kinds), "stats framed");
    EXPECT_EQ(request.query.view(), "stats");
  });
  EXPECT_EQ(commands, 1u);
}

}  // namespace
}  // namespace nightjar
