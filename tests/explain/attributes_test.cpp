#include "explain/attributes.hpp"

#include <gtest/gtest.h>

#include <random>

#include "explain/population.hpp"
#include "explain/rise_lake.hpp"

namespace nightjar::test {
namespace {

const std::vector<std::string> kSensors = {"alpha", "beta"};

AttributeRow scan(std::uint32_t facts, std::uint16_t window, std::uint16_t port) {
  return {.facts = facts, .window = window, .port = port, .protocol = 6, .traffic_class = 1};
}

std::string said(Attribute attribute, const AttributeRow& row) {
  const std::uint64_t code = code_of(attribute, row);
  return code == 0 ? "" : text_of(attribute, code, kSensors);
}

TEST(Attributes, AreNamedAsTheContractSays) {
  std::string names;
  for (std::size_t i = 0; i < kAttributes; ++i) names += std::string(name_of(static_cast<Attribute>(i))) + " ";
  EXPECT_EQ(names, "country asn src sensor class tcp_flags src_port fingerprint window ttl_band ");
}

TEST(Attributes, ValuesAreWrittenAsPeopleWriteThem) {
  AttributeRow row = scan(2U << 6, 14600, 22);
  row.country = country_code('J', 'P');
  row.asn = 9605;
  row.src = 0xc0000207;
  row.src_port = 4321;
  row.sensor = 1;
  EXPECT_EQ(said(Attribute::country, row), "JP");
  EXPECT_EQ(said(Attribute::asn, row), "9605");
  EXPECT_EQ(said(Attribute::src, row), "192.0.2.7");
  EXPECT_EQ(said(Attribute::sensor, row), "beta");
  EXPECT_EQ(said(Attribute::traffic_class, row), "scan");
  EXPECT_EQ(said(Attribute::tcp_flags, row), "SYN");
  EXPECT_EQ(said(Attribute::src_port, row), "4321");
  EXPECT_EQ(said(Attribute::fingerprint, row), "hajime-like");
  EXPECT_EQ(said(Attribute::window, row), "14600");
  EXPECT_EQ(said(Attribute::ttl_band, row), "up to 64");
}

TEST(Attributes, OfBackscatterTheSourcePortIsTheServiceThatWasAttacked) {
  const AttributeRow row{.facts = 1U << 14, .port = 80, .src_port = 51000, .protocol = 6, .traffic_class = 2};
  EXPECT_EQ(said(Attribute::src_port, row), "80");
  EXPECT_EQ(said(Attribute::tcp_flags, row), "SYN+ACK");
}

TEST(Attributes, FlagsOfBackscatterThatWasStoredBeforeTheyWereKeptAreNotKnown) {
  EXPECT_EQ(said(Attribute::tcp_flags, {.port = 80, .protocol = 6, .traffic_class = 2}), "");
  EXPECT_EQ(said(Attribute::tcp_flags, {.facts = 1U << 15, .port = 80, .protocol = 6, .traffic_class = 2}), "RST");
  EXPECT_EQ(said(Attribute::tcp_flags, {.port = 53, .protocol = 17, .traffic_class = 2}), "");
}

TEST(Attributes, IrregularSynIsNamedOnlyWhereNothingElseMatches) {
  const std::uint32_t no_options = 1U << 4, sequence_is_destination = 1U << 0;
  EXPECT_EQ(said(Attribute::fingerprint, scan(no_options, 0, 23)), "irregular-syn");
  EXPECT_EQ(said(Attribute::fingerprint, scan(no_options | sequence_is_destination, 0, 23)), "mirai");
  EXPECT_EQ(said(Attribute::fingerprint, scan(0, 5840, 23)), "");
}

/// Random rows, so that each value is compared with rows that have it and rows that do not.
class AttributeConditions : public RiseLake {
 protected:
  AttributeConditions() {
    std::mt19937 random(5);
    const auto one_of = [&](auto... values) {
      const std::array all = {static_cast<std::uint32_t>(values)...};
      return all[random() % all.size()];
    };
    for (int n = 0; n < 400; ++n) {
      Flow flow(day(10), static_cast<int>(random() % 24));
      flow.from(address(1, static_cast<int>(random() % 40))).origin(std::array{"JP", "CN", ""}[one_of(0, 1, 2)], one_of(0, 9605, 22927));
      const auto port = static_cast<std::uint16_t>(one_of(22, 23, 445, 80));
      const auto window = static_cast<std::uint16_t>(one_of(0, 8192, 14600, 65535));
      switch (one_of(0, 1, 2, 3)) {
        case 0:
        case 1: flow.tcp(port).window(window).facts(random() & 0x3fffU); break;
        case 2: flow.answer(6, port).facts(one_of(0, 1U << 14, 1U << 15, 3U << 14)); break;
        default: flow.udp(port); break;
      }
      flow.src_port(static_cast<std::uint16_t>(one_of(0, 80, 4000))).at(one_of(0, 1) == 0 ? "alpha" : "beta");
      rows_.push_back(flow);
      lake_.add(flow);
    }
    lake_.write();
    session_ = lake_.session();
  }

  static AttributeRow row_of(const Flow& flow) {
    const FlowRow& row = flow.row();
    return {.src = row.src,
            .asn = row.asn,
            .facts = row.facts,
            .country = row.country,
            .window = row.window,
            .port = row.port,
            .src_port = row.src_port,
            .protocol = row.protocol,
            .traffic_class = row.traffic_class,
            .sensor = static_cast<std::uint16_t>(flow.sensor() == "beta" ? 1 : 0)};
  }
  std::uint64_t rows_where(const std::string& condition) {
    const auto answer = session_->run_raw("SELECT count(*) FROM flows WHERE " + condition);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().sentence);
    return answer ? whole(answer->rows[0][0]) : 0;
  }

  std::vector<Flow> rows_;
  std::unique_ptr<QuerySession> session_;
};

TEST_F(AttributeConditions, FindTheSameRowsAsTheValues) {
  for (std::size_t i = 0; i < kAttributes; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    std::map<std::uint64_t, std::uint64_t> counts;
    for (const Flow& flow : rows_) ++counts[code_of(attribute, row_of(flow))];
    counts.erase(0);
    EXPECT_GT(counts.size(), 1U) << name_of(attribute);
    for (const auto& [code, count] : counts)
      EXPECT_EQ(rows_where(condition_of(attribute, code, kSensors)), count)
          << name_of(attribute) << " " << text_of(attribute, code, kSensors);
  }
}

TEST_F(AttributeConditions, OfToolsFindTheRowsThatHaveOneOfThem) {
  std::map<std::string, std::uint64_t> counts;
  for (const Flow& flow : rows_) ++counts[said(Attribute::fingerprint, row_of(flow))];
  EXPECT_EQ(rows_where(tools_condition({"mirai"})), counts["mirai"]);
  EXPECT_EQ(rows_where(tools_condition({"mirai", "masscan"})), counts["mirai"] + counts["masscan"]);
  // irregular-syn is no tool.
  EXPECT_EQ(rows_where(tools_condition({""})), counts[""] + counts["irregular-syn"]);
  EXPECT_EQ(rows_where(tools_condition({"no-such-tool"})), 0U);
}

}  // namespace
}  // namespace nightjar::test
