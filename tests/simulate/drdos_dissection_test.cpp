#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "simulate/drdos_bytes.hpp"
#include "simulate/frame.hpp"
#include "simulate/report_reflectors.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

// What another program, tshark, reads in the pots' packets. Skipped where it is not installed.

namespace nightjar::simulate {
namespace {

constexpr const char* kTshark = "/usr/bin/tshark";

class DrdosDissectionTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kTshark)) GTEST_SKIP() << "tshark is not installed";
  }
  void add(const Knock& knock) {
    std::array<std::uint8_t, kLargestRecord> room;
    capture_.append(room.data(), write_record(room.data(), knock));
  }
  /// One line a packet, fields parted by '|'.
  std::vector<std::string> dissect(const std::vector<std::string>& fields) {
    const auto file = folder_.write("pot.pcap", capture_);
    const std::string output = folder_ / "output", errors = folder_ / "errors";
    std::vector<std::string> arguments = {
        "-r", file, "-n", "-T", "fields", "-E", "separator=|", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"};
    for (const std::string& field : fields) arguments.insert(arguments.end(), {"-e", field});
    const test::Ended ended = test::Program(kTshark, arguments, {"HOME=" + folder_.path().string()}, output, errors).wait();
    EXPECT_EQ(ended.status, 0) << test::content_of(errors);
    std::vector<std::string> lines;
    std::istringstream text(test::content_of(output));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }

 private:
  TempFolder folder_;
  std::string capture_{reinterpret_cast<const char*>(kPcapHeader.data()), sizeof kPcapHeader};
};

Knock datagram(std::span<const std::uint8_t> payload, std::uint16_t port) {
  Knock knock;
  knock.time_ns = 1'500'000'000LL * 1'000'000'000;
  knock.from = {4, 0x5db8d822, 0};
  knock.to = {4, kReflectorsFirst + 1, 0};
  knock.protocol = 17;
  knock.src_port = 40'000;
  knock.dst_port = port;
  knock.payload = payload;
  return knock;
}

TEST_F(DrdosDissectionTest, AllPacketsAreWithoutFaultAndOfTheirService) {
  const DrawnReflectors drawn(report_reflectors(), {0.0001, 4});
  // A few of each attack, service and kind.
  std::map<std::tuple<std::uint32_t, DrdosService, DrdosKind>, int> taken;
  std::vector<DrdosService> services;
  drawn->each(0, std::int64_t{1} << 62, [&](const DrdosPacket& packet) {
    if (++taken[{packet.attack, packet.service, packet.kind}] > (packet.attack == kNoAttack ? 500 : 3)) return;
    add(packet.knock);
    services.push_back(packet.service);
  });
  const std::map<DrdosService, std::string> kProtocols = {{DrdosService::chargen, ":udp:chargen"},
                                                          {DrdosService::dns, ":udp:dns"},
                                                          {DrdosService::ntp, ":udp:ntp"},
                                                          {DrdosService::ssdp, ":udp:ssdp"}};
  const auto lines = dissect({"frame.protocols", "_ws.malformed", "_ws.expert.message"});
  ASSERT_EQ(lines.size(), services.size());
  ASSERT_GT(lines.size(), 2000U);
  for (std::size_t i = 0; i < lines.size() && !HasFailure(); ++i) {
    EXPECT_NE(lines[i].find(kProtocols.at(services[i])), std::string::npos) << lines[i];
    for (const char* complaint : {"alformed", "hecksum", "ength", "nvalid", "oundary"}) {
      EXPECT_EQ(lines[i].find(complaint), std::string::npos) << lines[i];
    }
  }
}

TEST_F(DrdosDissectionTest, RequestsAskForWhatAmplifies) {
  DrdosPayload payload;
  Random random(5);
  for (const DrdosService service : {DrdosService::dns, DrdosService::ntp, DrdosService::ssdp}) {
    for (int i = 0; i < 300; ++i) {
      const RequestHabit habit = draw_habit(service, random);
      add(datagram({payload.data(), write_request(habit, random.next(), payload)}, port_of(service)));
    }
  }
  const std::vector<std::string> fields = {"dns.qry.type", "dns.rr.udp_payload_size", "ntp.priv.reqcode", "udp.length",
                                           "http.request.method"};
  std::map<std::string, std::set<std::string>> values;
  for (const std::string& line : dissect(fields)) {
    std::istringstream text(line);
    std::vector<std::string> found(fields.size());
    for (std::string& value : found) std::getline(text, value, '|');
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i] != "udp.length" && !found[i].empty()) values[fields[i]].insert(found[i]);
    }
    if (!found[2].empty()) values["ntp length"].insert(found[3]);
  }
  EXPECT_THAT(values["dns.qry.type"], testing::UnorderedElementsAre("255", "16"));
  EXPECT_THAT(values["dns.rr.udp_payload_size"], testing::UnorderedElementsAre("4096", "9000"));
  EXPECT_THAT(values["ntp.priv.reqcode"], testing::UnorderedElementsAre("42"));
  EXPECT_THAT(values["ntp length"], testing::UnorderedElementsAre("16", "56", "200"));  // with the 8 bytes of UDP's header
  EXPECT_THAT(values["http.request.method"], testing::UnorderedElementsAre("M-SEARCH"));
}

}  // namespace
}  // namespace nightjar::simulate
