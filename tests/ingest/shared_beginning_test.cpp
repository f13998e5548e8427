#include "ingest/shared_beginning.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "support/lake_fixture.hpp"
#include "support/other_forms.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kSecond = 1'000'000'000;

class SharedBeginningTest : public LakeTest {
 protected:
  std::string packets_in_lake() const { return ask_one("SELECT sum(packets) FROM flows"); }
  /// Ingests a capture that is gone afterwards.
  std::string ingest_and_remove(const std::string& name, const std::string& content, Ingest::Config config = {}) {
    const std::string path = file(name, content);
    ingest({path}, {}, config);
    std::filesystem::remove(path);
    return path;
  }
  void expect_known(const std::string& path, const std::string& as, const std::string& what) {
    const auto report = ingest({path});
    EXPECT_EQ(report.packets, 0u) << what;
    EXPECT_EQ(report.known_captures, 1u) << what;
    EXPECT_EQ(report.batches, 0u) << what;
    EXPECT_THAT(report.remarks, Contains(HasSubstr("adds nothing: the lake has it already" + as))) << what;
  }
};

struct Form {
  const char* name;
  std::function<std::string(const std::string&)> of;      ///< a pcap file in this form
  std::function<std::string(const std::string&)> packed;  ///< what is written to the disk
};
class EveryForm : public SharedBeginningTest, public ::testing::WithParamInterface<Form> {};

TEST_P(EveryForm, of_a_known_capture_that_is_gone_adds_nothing_wherever_it_is_cut) {
  const auto plain = [](const std::string& content) { return content; };
  const auto of = GetParam().of != nullptr ? GetParam().of : plain;
  const auto packed = GetParam().packed != nullptr ? GetParam().packed : plain;
  for (const std::int64_t span : {7200 * kSecond, 10 * kSecond}) {
    use_lake("lake-of-" + std::to_string(span));
    const PcapFile traffic = darknet_traffic(2'000, 1, kNov23, span);
    const std::string whole = ingest_and_remove("whole.pcap", packed(of(traffic.content())));
    const auto before = content();
    for (const std::size_t packets : {1u, 2u, 12u, 13u, 14u, 50u, 137u, 500u, 1000u, 1'999u}) {
      const std::string cut = of(traffic.slice(0, packets)), longer = of(traffic.slice(0, packets + 1));
      for (const std::size_t size : {cut.size(), cut.size() + 7, longer.size() - 1}) {
        const std::string what = std::to_string(packets) + " packets, " + std::to_string(size) + " bytes, span " + std::to_string(span);
        expect_known(file("cut.pcap", packed(longer.substr(0, size))), ", as the beginning of " + whole, what);
      }
    }
    EXPECT_EQ(content(), before);
  }
}

INSTANTIATE_TEST_SUITE_P(SharedBeginning, EveryForm,
                         ::testing::Values(Form{"pcap", nullptr, nullptr}, Form{"pcapng", as_pcapng, nullptr},
                                           Form{"gzip", nullptr, gzipped}, Form{"pcapng_gzip", as_pcapng, gzipped}),
                         [](const auto& form) { return form.param.name; });

TEST_F(SharedBeginningTest, adds_nothing_when_a_compressed_capture_is_cut_itself) {
  const std::string packed = gzipped(darknet_traffic(5'000, 2).content());
  const std::string whole = ingest_and_remove("whole.pcap.gz", packed);
  expect_known(file("cut.pcap.gz", packed.substr(0, packed.size() / 2)), ", as the beginning of " + whole, "cut gzip");
}

TEST_F(SharedBeginningTest, adds_nothing_when_the_file_itself_became_shorter) {
  const PcapFile traffic = darknet_traffic(2'000, 3);
  ingest({file("day.pcap", traffic.content())});
  expect_known(file("day.pcap", traffic.slice(0, 1'000)), ", from when it was longer", "same path");
  expect_known(file("day.pcap", traffic.content()), "", "as it was");
  EXPECT_EQ(packets_in_lake(), "2000");
}

TEST_F(SharedBeginningTest, adds_nothing_also_of_a_capture_that_came_in_batches_and_grew) {
  const PcapFile traffic = darknet_traffic(3'000, 4, kNov23, 20 * kSecond);
  file("day.pcap", traffic.slice(0, 1'234));
  ingest({(folder_ / "day.pcap").string()}, {}, {.batch_packets = 500, .step_packets = 100});
  const std::string day = ingest_and_remove("day.pcap", traffic.content(), {.batch_packets = 500, .step_packets = 100});
  for (const std::size_t packets : {3u, 499u, 500u, 501u, 1'233u, 1'234u, 1'235u, 2'100u, 2'999u})
    expect_known(file("cut.pcap", traffic.slice(0, packets)), ", as ", std::to_string(packets) + " packets");
  EXPECT_EQ(packets_in_lake(), "3000");
}

TEST_F(SharedBeginningTest, still_lets_a_capture_grow_after_a_shorter_one_was_offered) {
  const PcapFile traffic = darknet_traffic(3'000, 5);
  ingest_and_remove("a.pcap", traffic.slice(0, 2'000));
  expect_known(file("b.pcap", traffic.slice(0, 1'000)), ", as the beginning of ", "shorter");
  const auto report = ingest({file("b.pcap", traffic.content())});
  EXPECT_EQ(report.packets, 1'000u);
  EXPECT_THAT(report.remarks, Contains(HasSubstr("has grown")));
}

TEST_F(SharedBeginningTest, finds_the_one_among_captures_that_begin_alike) {
  const PcapFile common = darknet_traffic(300, 6), first = darknet_traffic(300, 7, kNov23 + 7200 * kSecond),
                 second = darknet_traffic(300, 8, kNov23 + 20'000 * kSecond);
  const std::string other_header = darknet_traffic(300, 9, kNov23 + 40'000 * kSecond).content();
  const auto records = [](const PcapFile& file) { return file.content().substr(24); };
  ingest_and_remove("first.pcap", common.content() + records(first));
  const auto report = ingest({file("second.pcap", common.content() + records(second))});
  EXPECT_EQ(report.packets, 300u) << "what both begin with is in the lake already";
  EXPECT_THAT(report.remarks, Contains(HasSubstr("second.pcap begins like ")));
  std::filesystem::remove(folder_ / "second.pcap");
  ingest_and_remove("other.pcap", other_header);
  EXPECT_EQ(packets_in_lake(), "1200");
  expect_known(file("cut.pcap", common.slice(0, 200)), ", as the beginning of ", "of both");
  expect_known(file("cut.pcap", common.content() + first.slice(0, 200).substr(24)),
               ", as the beginning of " + (folder_ / "first.pcap").string(), "of the first");
  expect_known(file("cut.pcap", common.content() + second.slice(0, 200).substr(24)),
               ", as the beginning of " + (folder_ / "second.pcap").string(), "of the second");
  EXPECT_EQ(packets_in_lake(), "1200");
}

TEST_F(SharedBeginningTest, counts_packets_from_where_a_shorter_capture_goes_another_way) {
  const PcapFile known = darknet_traffic(2'000, 10);
  ingest_and_remove("known.pcap", known.content());
  // 600 packets of the known one, then 200 others, from the minute in which the known one goes on.
  const PcapFile others = darknet_traffic(200, 11, kNov23 + 601 * 3'600'000'000, 60 * kSecond);
  const auto report = ingest({file("parted.pcap", known.slice(0, 600) + others.content().substr(24))});
  EXPECT_THAT(report.remarks, Contains(HasSubstr("parted.pcap begins like ")));
  EXPECT_THAT(report.remarks, Contains(HasSubstr("overlaps in time")));
  EXPECT_GE(report.packets, 200u) << "no new packet is lost";
  EXPECT_LE(report.packets, 220u) << "at most those of a minute, here 17, count twice";
  EXPECT_EQ(ingest({file("parted.pcap", known.slice(0, 600) + others.content().substr(24))}).known_captures, 1u);
}

TEST_F(SharedBeginningTest, counts_a_longer_capture_that_goes_another_way_before_the_known_one_ends) {
  const PcapFile known = darknet_traffic(500, 12), others = darknet_traffic(900, 13, kNov23 + 8'000 * kSecond);
  ingest_and_remove("known.pcap", known.content());
  const auto report = ingest({file("parted.pcap", known.slice(0, 400) + others.content().substr(24))});
  EXPECT_GE(report.packets, 900u);
  EXPECT_LE(report.packets, 905u) << "a minute has 5 packets";
}

/// 500 packets in 5 seconds: behind the first ones milestones are many packets apart. The last of 300 has another payload byte.
class LastPacketDiffers : public SharedBeginningTest {
 protected:
  LastPacketDiffers() { shorter_.back() = static_cast<char>(shorter_.back() ^ 1); }
  const PcapFile traffic_ = darknet_traffic(500, 14, kNov23, 5 * kSecond);
  std::string shorter_ = traffic_.slice(0, 300);
};

TEST_F(LastPacketDiffers, counts_while_the_known_capture_is_there_to_be_asked) {
  ingest({file("known.pcap", traffic_.content())});
  const auto report = ingest({file("shorter.pcap", shorter_)});
  EXPECT_GE(report.packets, 1u);
  EXPECT_LT(report.packets, 100u);
  EXPECT_THAT(report.remarks, Contains(HasSubstr("begins like")));
}

TEST_F(LastPacketDiffers, is_told_by_its_time_only_and_said_so_once_the_known_capture_is_gone) {
  ingest_and_remove("known.pcap", traffic_.content());
  const auto report = ingest({file("shorter.pcap", shorter_)});
  EXPECT_EQ(report.packets, 0u);
  EXPECT_THAT(report.remarks, Contains(HasSubstr("by their times only)")));
}

TEST_F(SharedBeginningTest, says_nothing_of_times_where_digests_tell) {
  const PcapFile traffic = darknet_traffic(500, 15, kNov23, 5 * kSecond);
  ingest({file("known.pcap", traffic.content())});
  const auto report = ingest({file("shorter.pcap", traffic.slice(0, 300))});
  EXPECT_THAT(report.remarks, Contains(HasSubstr("adds nothing")));
  EXPECT_THAT(report.remarks, Not(Contains(HasSubstr("times only"))));
}

TEST_F(SharedBeginningTest, counts_last_packets_whose_times_are_others) {
  const PcapFile known = darknet_traffic(500, 16, kNov23, 5 * kSecond), late = darknet_traffic(3, 17, kNov23 + 7 * kSecond, kSecond);
  ingest_and_remove("known.pcap", known.content());
  const auto report = ingest({file("parted.pcap", known.slice(0, 300) + late.content().substr(24))});
  EXPECT_GE(report.packets, 3u);
  EXPECT_THAT(report.remarks, Contains(HasSubstr("begins like")));
}

TEST_F(SharedBeginningTest, knows_captures_with_wild_clocks) {
  PcapFile wild;
  std::uint32_t seed = 1;
  for (int i = 0; i < 20'000; ++i) {
    seed = seed * 1'664'525 + 1'013'904'223;
    wild.add(packet().at(kNov23 + static_cast<std::int64_t>(seed % 172'800) * kSecond).tcp().syn());
  }
  const std::string whole = ingest_and_remove("wild.pcap", wild.content());
  for (const std::size_t packets : {10u, 8'000u, 16'000u, 19'998u}) {
    const auto report = ingest({file("cut.pcap", wild.slice(0, packets))});
    EXPECT_LE(report.packets, 4u) << "milestones thinned out stand some packets apart, and times cannot tell here";
  }
}

}  // namespace
}  // namespace nightjar
