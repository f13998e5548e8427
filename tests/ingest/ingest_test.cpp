#include "ingest/ingest.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <utility>

#include "support/lake_fixture.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::Test;

class IngestTest : public LakeTest {};

TEST_F(IngestTest, files_a_packet_under_its_hour_source_port_and_facts) {
  PcapFile capture;
  capture.add(packet()
                  .at(kNov23 + 3600'000'000'000 + 5'250'000'000)
                  .tcp()
                  .syn()
                  .seq(0xc6120003)
                  .window(14600)
                  .from("203.0.113.9")
                  .to("198.18.0.3")
                  .port(23)
                  .ttl(50));
  capture.add(packet()
                  .at(kNov23 + 3600'000'000'000 + 65'000'000'000)
                  .tcp()
                  .syn()
                  .seq(0xc6120003)
                  .window(14600)
                  .from("203.0.113.9")
                  .to("198.18.0.3")
                  .port(23)
                  .ttl(51));
  const auto report = ingest({file("a.pcap", capture.content())}, {.sensor = "tokyo-1"});
  EXPECT_EQ(report.packets, 2u);
  EXPECT_EQ(ask("SELECT hour, sensor, ip_version, ip(src, src_low), protocol, port, class, facts & 1, \"window\", packets, bytes, "
                "dst_bits, \"first\", span, "
                "src_port, ttl, ip_length, batch FROM flows"),
            std::vector<std::string>{"2017-11-23T01:00:00Z tokyo-1 4 203.0.113.9 6 23 1 1 14600 2 80 8 5 60 40000 0 40 1"});
  EXPECT_EQ(ask("SELECT minute, sensor, protocol, class, packets, bytes FROM minutes ORDER BY minute"),
            (std::vector<std::string>{"2017-11-23T01:00:00Z tokyo-1 6 1 1 40", "2017-11-23T01:01:00Z tokyo-1 6 1 1 40"}));
  EXPECT_EQ(ask("SELECT day, sensor, kind, addresses, packets FROM sensor_days"),
            std::vector<std::string>{"2017-11-23 tokyo-1 darknet 0 2"});
}

TEST_F(IngestTest, gives_the_same_lake_for_any_number_of_workers) {
  const std::string capture = file("a.pcap", darknet_traffic(30'000, 1).content());
  use_lake("one");
  ingest({capture}, {}, {.jobs = 1});
  const auto one = content();
  EXPECT_GT(one.size(), 1000u);
  for (const int jobs : {2, 3}) {
    use_lake("jobs-" + std::to_string(jobs));
    ingest({capture}, {}, {.jobs = jobs});
    EXPECT_EQ(content(), one) << jobs << " workers";
  }
}

TEST_F(IngestTest, gives_the_same_lake_for_a_capture_whole_and_split_in_ten) {
  const PcapFile traffic = darknet_traffic(10'000, 2);
  use_lake("whole");
  ingest({file("whole.pcap", traffic.content())});
  const auto whole = content();
  use_lake("split");
  for (std::size_t i = 0; i < 10; ++i) file("parts/" + std::to_string(i) + ".pcap", traffic.slice(i * 1000, (i + 1) * 1000));
  const auto report = ingest({(folder_ / "parts").string()});
  EXPECT_EQ(report.captures, 10u);
  EXPECT_EQ(content(), whole);
}

TEST_F(IngestTest, gives_the_same_lake_whatever_the_size_of_batches_flushes_and_memory) {
  const std::string capture = file("a.pcap", darknet_traffic(1'600'000 / 40, 3).content());
  use_lake("large");
  ingest({capture});
  const auto large = content();
  use_lake("small");
  const auto report = ingest({capture}, {}, {.batch_packets = 12'000, .flush_packets = 5'000, .step_packets = 1'000});
  EXPECT_EQ(report.batches, 4u);
  EXPECT_EQ(content(), large);
  use_lake("tiny-memory");
  ingest({capture}, {}, {.memory_bytes = 1, .step_packets = 9'000});
  EXPECT_EQ(content(), large);
}

TEST_F(IngestTest, says_of_files_of_flows_which_hours_they_hold_and_cuts_them_between_hours) {
  PcapFile capture;
  for (int hour = 0; hour < 6; ++hour)
    for (int i = 0; i < 100; ++i)
      capture.add(packet().at(kNov23 + (hour * 3600LL + i) * 1'000'000'000).tcp().syn().from("203.0.113.9").to("198.18.0.3").port(23));
  ingest({file("a.pcap", capture.content())}, {.sensor = "tokyo-1"}, {.flush_packets = 250, .step_packets = 40});
  std::vector<std::uint32_t> hours;
  const auto snapshot = Lake(lake_folder()).snapshot();
  for (const LakeFile& flows : snapshot.value()->version().files)
    if (flows.table == Table::flows) hours.push_back(flows.once.at("tokyo-1"));
  EXPECT_EQ(hours, (std::vector<std::uint32_t>{0b11, 0b1100, 0b110000}));
}

TEST_F(IngestTest, adds_nothing_for_the_same_capture_under_any_name_and_says_so) {
  const std::string content_of_file = darknet_traffic(3'000, 4).content();
  const std::string first = file("first.pcap", content_of_file);
  ingest({first});
  const auto before = content();
  const std::uint64_t version = Lake(lake_folder()).snapshot().value()->version().number;
  for (const std::string& again : {first, file("second.pcap", content_of_file), file("deep/third.cap", content_of_file)}) {
    const auto report = ingest({again});
    EXPECT_EQ(report.known_captures, 1u) << again;
    EXPECT_EQ(report.packets, 0u);
    ASSERT_EQ(report.remarks.size(), 1u);
    EXPECT_NE(report.remarks[0].find("adds nothing: the lake has it already"), std::string::npos) << report.remarks[0];
  }
  EXPECT_EQ(content(), before);
  EXPECT_EQ(Lake(lake_folder()).snapshot().value()->version().number, version) << "no version is made for nothing";
}

TEST_F(IngestTest, names_the_first_of_many_captures_that_are_the_same_again_and_counts_the_others) {
  std::vector<std::string> captures;
  for (unsigned i = 0; i < 8; ++i) captures.push_back(file("day-" + std::to_string(i) + ".pcap", darknet_traffic(20, 30 + i).content()));
  ingest(captures);
  captures.push_back(file("copy.pcap", darknet_traffic(20, 30).content()));
  const auto report = ingest(captures);
  EXPECT_EQ(report.known_captures, 9u);
  ASSERT_EQ(report.remarks.size(), 7u) << "five by name, the copy with the name of its original, and the rest";
  EXPECT_NE(report.remarks[4].find("day-4.pcap adds nothing"), std::string::npos) << report.remarks[4];
  EXPECT_NE(report.remarks[5].find("copy.pcap adds nothing: the lake has it already, as "), std::string::npos) << report.remarks[5];
  EXPECT_EQ(report.remarks[6], "3 captures more add nothing: the lake has them already");
}

TEST_F(IngestTest, knows_a_capture_again_that_comes_twice_in_one_call) {
  const std::string content_of_file = darknet_traffic(2'000, 5).content();
  const auto report = ingest({file("a.pcap", content_of_file), file("b.pcap", content_of_file)});
  EXPECT_EQ(report.captures, 1u);
  EXPECT_EQ(report.known_captures, 1u);
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "2000");
}

TEST_F(IngestTest, adds_only_what_is_new_of_a_capture_that_grew_even_from_half_a_packet_and_from_nothing) {
  const PcapFile traffic = darknet_traffic(2'000, 6);
  const std::string whole = traffic.content();
  use_lake("at-once");
  ingest({file("whole.pcap", whole)});
  const auto expected = content();
  use_lake("growing");
  for (const std::size_t size :
       {std::size_t{24}, std::size_t{60}, std::size_t{700}, std::size_t{5'011}, whole.size() / 2, whole.size() / 2 + 1, whole.size()}) {
    ingest({file("growing.pcap", whole.substr(0, size))});
  }
  EXPECT_EQ(content(), expected);
  const auto report = ingest({file("growing.pcap", whole)});
  EXPECT_EQ(report.known_captures, 1u);
}

TEST_F(IngestTest, says_nothing_of_growth_after_an_empty_capture_with_the_same_header) {
  const PcapFile traffic = darknet_traffic(50, 20);
  const std::string empty = file("empty.pcap", traffic.slice(0, 0));
  ingest({empty});
  const auto report = ingest({file("full.pcap", traffic.content())});
  EXPECT_EQ(report.captures, 1u);
  EXPECT_EQ(report.packets, 50u);
  EXPECT_TRUE(report.remarks.empty()) << report.remarks[0];
  EXPECT_EQ(ingest({empty}).known_captures, 1u);
}

TEST_F(IngestTest, counts_a_capture_that_grew_once_also_where_its_last_slice_has_no_packet) {
  const PcapFile traffic = darknet_traffic(200, 21);
  const std::string name = file("growing.pcap", traffic.slice(0, 100));
  ingest({name});
  // Behind the batch that is full with packet 200 there is half a record.
  file("growing.pcap", traffic.content() + std::string(10, '\0'));
  const auto report = ingest({name}, {}, {.batch_packets = 100, .step_packets = 100});
  EXPECT_EQ(report.captures, 1u);
  EXPECT_EQ(report.known_captures, 0u);
  EXPECT_EQ(report.packets, 100u);
  for (const std::string& remark : report.remarks) EXPECT_EQ(remark.find("adds nothing"), std::string::npos) << remark;
  EXPECT_EQ(ingest({name}).known_captures, 1u);
}

/// Ingests `first` while the ingest of `second` has read it and not yet committed. The outcome of `second`.
Result<Ingest::Report> ingest_within(const std::filesystem::path& folder, const std::string& first, const std::string& second) {
  Lake lake(folder);
  bool done = false;
  const auto none = [] { return Geolocation::load({}); };
  Ingest outer({}, {lake, [&]() -> Result<std::shared_ptr<const Geolocation>> {
                      if (!std::exchange(done, true)) {
                        Lake other(folder);
                        Ingest::Progress progress;
                        if (auto ran = Ingest({}, {other, none}).run(*find_captures({first}, {}), progress); !ran) return ran.error();
                      }
                      return none();
                    }});
  Ingest::Progress progress;
  return outer.run(*find_captures({second}, {}), progress);
}

TEST_F(IngestTest, does_not_double_packets_when_a_capture_and_its_grown_version_are_ingested_at_once) {
  const PcapFile traffic = darknet_traffic(200, 22);
  const std::string half = file("half.pcap", traffic.slice(0, 100)), whole = file("whole.pcap", traffic.content());
  use_lake("one-after-the-other");
  ingest({whole});
  const auto expected = content();
  for (const bool grown_first : {false, true}) {
    use_lake(grown_first ? "grown-first" : "grown-last");
    const std::string& second = grown_first ? half : whole;
    const auto conflict = ingest_within(lake_folder(), grown_first ? whole : half, second);
    ASSERT_FALSE(conflict);
    EXPECT_NE(conflict.error().sentence.find("Conflict"), std::string::npos) << conflict.error().sentence;
    EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), grown_first ? "200" : "100");
    if (!grown_first) {
      EXPECT_EQ(ingest({second}).packets, 100u);
    }
    EXPECT_EQ(content(), expected);
  }
}

TEST_F(IngestTest, reports_captures_that_overlap_in_time) {
  const auto report = ingest({file("a.pcap", darknet_traffic(100, 7).content()), file("b.pcap", darknet_traffic(100, 8).content())});
  ASSERT_EQ(report.remarks.size(), 1u);
  EXPECT_NE(report.remarks[0].find("overlaps in time"), std::string::npos) << report.remarks[0];
  EXPECT_EQ(report.packets, 200u);
}

TEST_F(IngestTest, takes_ten_days_with_a_packet_an_hour) {
  const auto report = ingest({file("slow.pcap", darknet_traffic(240, 9, kNov23, 240 * 3600'000'000'000).content())});
  EXPECT_EQ(report.packets, 240u);
  EXPECT_EQ(ask_one("SELECT count(DISTINCT hour), count(DISTINCT hour::date), sum(packets) FROM flows"), "240 10 240");
}

TEST_F(IngestTest, takes_packets_out_of_order_and_from_1970_and_2100) {
  PcapFile capture;
  for (const std::int64_t second : {1'511'395'200LL, 0LL, 4'102'444'800LL, 1'511'395'199LL, 2'147'483'648LL}) {
    capture.add(packet().at(second * 1'000'000'000).tcp().syn());
  }
  const auto report = ingest({file("times.pcap", capture.content())});
  EXPECT_EQ(report.packets, 5u);
  EXPECT_EQ(ask("SELECT hour FROM flows ORDER BY hour"),
            (std::vector<std::string>{"1970-01-01T00:00:00Z", "2017-11-22T23:00:00Z", "2017-11-23T00:00:00Z", "2038-01-19T03:00:00Z",
                                      "2100-01-01T00:00:00Z"}));
  EXPECT_EQ(ask_one("SELECT sum(clock_steps) FROM sensor_days"), "2");
}

TEST_F(IngestTest, counts_what_is_outbound_or_outside_of_a_sensor_only_in_its_ledger) {
  PcapFile capture;
  capture.add(packet().at(kNov23).tcp().syn().from("203.0.113.9").to("198.18.0.1"));
  capture.add(packet().at(kNov23).tcp().rst().from("198.18.0.1").to("203.0.113.9"));
  capture.add(packet().at(kNov23).tcp().syn().from("203.0.113.9").to("192.0.2.1"));
  file("data/a.pcap", capture.content());
  file("data/nightjar.toml", "[[sensor]]\nname = \"lab\"\nprefixes = [\"198.18.0.0/26\"]\ncaptures = [\"*.pcap\"]\n");
  const auto report = ingest({(folder_ / "data").string()});
  EXPECT_EQ(report.packets, 1u);
  EXPECT_EQ(report.outbound, 1u);
  EXPECT_EQ(report.outside, 1u);
  EXPECT_EQ(ask("SELECT sensor, addresses, packets, outbound, outside FROM sensor_days"), std::vector<std::string>{"lab 64 1 1 1"});
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "1");
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM minutes"), "1");
}

TEST_F(IngestTest, learns_the_side_of_a_honeypot_without_prefixes_from_the_first_syn) {
  PcapFile capture;
  for (int i = 0; i < 50; ++i) {
    capture.add(packet().at(kNov23 + i).tcp().syn().from("203.0.113.9").to("192.0.2.77").port(2323));
    capture.add(packet().at(kNov23 + i).tcp().syn().ack().from("192.0.2.77").to("203.0.113.9").src_port(2323).port(40000));
  }
  const auto report = ingest({file("pot.pcap", capture.content())}, {.sensor = "pot", .kind = SensorKind::honeypot}, {.jobs = 3});
  EXPECT_EQ(report.packets, 50u);
  EXPECT_EQ(report.outbound, 50u) << "the pot's own answers count nowhere as traffic of others";
  EXPECT_EQ(ask("SELECT kind, packets, outbound FROM sensor_days"), std::vector<std::string>{"honeypot 50 50"});
}

TEST_F(IngestTest, keeps_the_mark_of_modelled_captures_and_never_mixes_them_with_real_ones) {
  file("model/m.pcap", darknet_traffic(100, 10).content());
  file("model/nightjar.toml", "origin = \"modelled\"\n[[sensor]]\nname = \"model\"\ncaptures = [\"*.pcap\"]\n");
  ingest({(folder_ / "model").string()});
  ingest({file("real.pcap", darknet_traffic(100, 11).content())});
  const auto snapshot = Lake(lake_folder()).snapshot().value();
  std::size_t modelled = 0, real = 0;
  for (const LakeFile& lake_file : snapshot->version().files) {
    ++(lake_file.modelled ? modelled : real);
    EXPECT_EQ(lake_file.modelled, lake_file.batches == std::vector<std::uint64_t>{1});
  }
  EXPECT_GT(modelled, 0u);
  EXPECT_GT(real, 0u);
}

TEST_F(IngestTest, counts_undecodable_packets_by_reason_in_the_ledger_only) {
  PcapFile capture;
  capture.add(packet().at(kNov23).tcp().syn());
  std::string content_of_file = capture.content();
  // The same record again, cut to 14 + 20 + 10 bytes: half a TCP header.
  std::string cut = content_of_file.substr(24);
  cut.resize(16 + 44);
  cut[8] = 44;
  const auto report = ingest({file("cut.pcap", content_of_file + cut)});
  EXPECT_EQ(report.packets, 1u);
  EXPECT_EQ(report.undecodable[static_cast<std::size_t>(Undecodable::tcp_truncated)], 1u);
  EXPECT_EQ(ask_one("SELECT undecodable_tcp_truncated, packets FROM sensor_days"), "1 1");
}

TEST_F(IngestTest, ingests_the_readable_part_of_a_damaged_capture_and_says_where_it_breaks) {
  const std::string whole = darknet_traffic(100, 12).content();
  const auto report = ingest({file("cut.pcap", whole.substr(0, whole.size() - 5))});
  EXPECT_EQ(report.packets, 99u);
  ASSERT_EQ(report.remarks.size(), 1u);
  EXPECT_NE(report.remarks[0].find("is damaged: cut off at byte"), std::string::npos) << report.remarks[0];
}

TEST_F(IngestTest, goes_on_with_the_other_captures_when_one_cannot_be_read) {
  const std::string good = file("good.pcap", darknet_traffic(100, 13).content());
  const std::string bad = file("bad.pcap", "this is no capture at all, whatever its name says");
  const auto report = ingest({bad, good});
  EXPECT_EQ(report.packets, 100u);
  ASSERT_EQ(report.failures.size(), 1u);
  EXPECT_NE(report.failures[0].find("bad.pcap"), std::string::npos) << report.failures[0];
  if (::geteuid() != 0) {
    std::filesystem::permissions(good, std::filesystem::perms::none);
    EXPECT_EQ(ingest({good}).failures.size(), 1u);
  }
}

TEST_F(IngestTest, leaves_the_lake_whole_on_a_full_disk_and_says_what_is_wrong) {
  ingest({file("first.pcap", darknet_traffic(500, 15).content())});
  const auto before = content();
  const std::string second = file("second.pcap", darknet_traffic(60'000, 16).content());
  // No file may grow beyond 20 kB: what a full disk says, without filling one.
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{20'000, old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const auto report = try_ingest({second});
  ::setrlimit(RLIMIT_FSIZE, &old);
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().sentence.find("cannot write"), std::string::npos) << report.error().sentence;
  EXPECT_EQ(content(), before);
  ingest({second});
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "60500");
}

/// Says the same country of every address.
class OneCountry final : public Geolocation {
 public:
  explicit OneCountry(CountryCode country) : country_(country) {}
  Origin lookup(std::uint8_t, std::uint64_t, std::uint64_t) const override { return {64'500, country_}; }
  std::string as_name(std::uint32_t) const override { return {}; }
  const std::vector<GeolocationSource>& sources() const override { return sources_; }

 private:
  CountryCode country_;
  std::vector<GeolocationSource> sources_;
};

TEST_F(IngestTest, looks_sources_up_in_the_data_that_are_there_when_a_batch_begins_and_loses_no_packet_over_it) {
  auto list = find_captures({file("a.pcap", darknet_traffic(4'000, 18).content())}, {});
  ASSERT_TRUE(list);
  Lake lake(lake_folder());
  int asked = 0;
  Ingest ingest({.batch_packets = 2'000, .step_packets = 500}, {lake, [&]() -> Result<std::shared_ptr<const Geolocation>> {
                                                                  return std::shared_ptr<const Geolocation>(std::make_shared<OneCountry>(
                                                                      asked++ == 0 ? country_code('J', 'P') : country_code('B', 'R')));
                                                                }});
  Ingest::Progress progress;
  ASSERT_TRUE(ingest.run(*list, progress));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(ask("SELECT batch, country, asn, sum(packets) FROM flows GROUP BY ALL ORDER BY ALL"),
            (std::vector<std::string>{"1 JP 64500 2000", "2 BR 64500 2000"}));
}

TEST_F(IngestTest, writes_a_batch_in_pieces_when_victims_outgrow_the_memory) {
  PcapFile capture;
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    const std::string victim = std::to_string(11 + i / 65'536) + ".7." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256);
    capture.add(packet().at(kNov23 + i * 1'000'000LL).tcp().syn().ack().from(victim).src_port(80));
  }
  ingest({file("victims.pcap", capture.content())}, {}, {.memory_bytes = 20'000'000, .step_packets = 2'000});
  EXPECT_EQ(ask_one("SELECT sum(packets), count(DISTINCT src) FROM backscatter"), "30000 30000");
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM minutes"), "30000");
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM sensor_days"), "30000");
  const std::shared_ptr<const Snapshot> snapshot = Lake(lake_folder()).snapshot().value();
  std::size_t files = 0;
  for (const LakeFile& lake_file : snapshot->version().files) files += lake_file.table == Table::backscatter ? 1 : 0;
  EXPECT_GT(files, 1u) << "the table was written before the batch was closed";
}

TEST_F(IngestTest, stops_when_asked_and_goes_on_with_the_next_call) {
  const std::string capture = file("a.pcap", darknet_traffic(40'000, 17).content());
  auto list = find_captures({capture}, {});
  ASSERT_TRUE(list);
  Lake lake(lake_folder());
  Ingest stopped({}, {lake, [] { return Geolocation::load({}); }});
  stopped.stop();
  Ingest::Progress progress;
  ASSERT_TRUE(stopped.run(*list, progress));
  ingest({capture});
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM flows"), "40000");
}

/// 100 connections to a pot, each with the pot's answer: the SYN teaches whose side the rest is. The pot's later answers go to
/// clients whose SYN was long before.
PcapFile pot_traffic() {
  PcapFile capture;
  std::int64_t time = kNov23;
  for (int i = 0; i < 100; ++i) {
    const std::string client = "203.0.113." + std::to_string(i + 1);
    if (i < 10) capture.add(packet().at(time += 1'000'000).tcp().syn().from(client).to("10.0.0." + std::to_string(i + 1)).port(23));
    capture.add(packet().at(time += 1'000'000).tcp().flags(tcp_flag::kAck).from(client).to("10.0.0.1").port(23));
    if (i >= 10)
      capture.add(packet().at(time += 1'000'000).tcp().flags(tcp_flag::kAck).from("10.0.0." + std::to_string(i % 10 + 1)).to(client));
  }
  return capture;
}

TEST_F(IngestTest, learns_the_same_of_a_honeypot_from_a_capture_at_once_and_in_steps) {
  const SensorChoice pot{.config = {}, .sensor = "pot", .kind = SensorKind::honeypot};
  const PcapFile traffic = pot_traffic();
  use_lake("at-once");
  ingest({file("whole.pcap", traffic.content())}, pot);
  const auto expected = content();
  EXPECT_EQ(ask("SELECT packets, outbound FROM sensor_days"), std::vector<std::string>{"110 90"});

  use_lake("grown");
  for (const std::size_t packets : {std::size_t{50}, std::size_t{51}, std::size_t{200}})
    ingest({file("grown.pcap", traffic.slice(0, packets))}, pot);
  EXPECT_EQ(content(), expected);

  use_lake("grown-from-half-a-packet");
  for (const std::size_t bytes : {std::size_t{5'011}, traffic.content().size()})
    ingest({file("half.pcap", traffic.content().substr(0, bytes))}, pot);
  EXPECT_EQ(content(), expected);

  use_lake("files");
  const std::string first = file("first.pcap", traffic.slice(0, 50)), second = file("second.pcap", traffic.slice(50, 200));
  ingest({first}, pot);
  ingest({first, second}, pot);
  EXPECT_EQ(content(), expected);
}

TEST_F(IngestTest, refuses_a_known_sensor_with_another_kind) {
  ingest({file("a.pcap", darknet_traffic(100, 1).content())}, {.config = {}, .sensor = "lab", .kind = {}});
  const auto before = content();
  const std::string more = file("b.pcap", darknet_traffic(100, 2).content());
  const auto refused = try_ingest({more}, {.config = {}, .sensor = "lab", .kind = SensorKind::honeypot});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence,
            "the sensor lab is a darknet in this lake, and would be a honeypot now; give it the same kind or another name");
  EXPECT_EQ(content(), before);
  EXPECT_TRUE(try_ingest({more}, {.config = {}, .sensor = "pot", .kind = SensorKind::honeypot}));
}

TEST_F(IngestTest, counts_ipv6_sources_that_would_pass_for_ipv4_as_outside_and_nowhere_else) {
  PcapFile capture;
  std::int64_t time = kNov23;
  for (const char* source : {"::", "::1", "::ffff:1.2.3.4", "0:0:102:304::", "0:0:ffff:ffff::9", "0:1::", "2001:db8::1"}) {
    capture.add(packet().at(time += 1'000'000).tcp().syn().from(source).to("2001:db8:ffff::1").port(23));
  }
  ingest({file("a.pcap", capture.content())});
  EXPECT_EQ(ask("SELECT ip(src, src_low) FROM flows ORDER BY src"), (std::vector<std::string>{"0:1::", "2001:db8::1"}));
  EXPECT_EQ(ask("SELECT packets, outside FROM sensor_days"), std::vector<std::string>{"2 5"});
  EXPECT_EQ(ask_one("SELECT sum(packets) FROM minutes"), "2");
}

}  // namespace
}  // namespace nightjar
