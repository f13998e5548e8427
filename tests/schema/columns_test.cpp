#include "schema/columns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "schema/derived_rows.hpp"
#include "schema/honeypot_rows.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

/// Bytes of a column's field in the row: what the comments of ColumnType say.
std::size_t field_size(ColumnType type) {
  switch (type) {
    case ColumnType::u8:
    case ColumnType::sensor_kind:
    case ColumnType::service: return 1;
    case ColumnType::u16:
    case ColumnType::name:
    case ColumnType::country: return 2;
    case ColumnType::u32: return 4;
    case ColumnType::u64:
    case ColumnType::hour:
    case ColumnType::minute:
    case ColumnType::day:
    case ColumnType::time: return 8;
    case ColumnType::text:
    case ColumnType::blob: return sizeof(std::string_view);
    case ColumnType::real: return sizeof(double);
  }
  return 0;
}

TEST(Columns, EachTableStandsInThePlaceOfItsNumber) {
  ASSERT_EQ(all_tables().size(), kTables);
  for (std::size_t i = 0; i < kTables; ++i) EXPECT_EQ(static_cast<std::size_t>(all_tables()[i].table), i);
  EXPECT_EQ(schema_of(Table::backscatter).name, "backscatter");
}

// Folders and column names lie in people's lakes: a change here needs a new kSchemaVersion.
TEST(Columns, TheNamesOfTablesAreFrozen) {
  EXPECT_EQ(kSchemaVersion, 1);
  std::string names;
  for (const TableSchema& table : all_tables()) names += std::string(table.name) + " ";
  EXPECT_EQ(names,
            "flows minutes backscatter sensor_days counts requests sessions payloads attacks port_days scans scanner_days incidents ");
}

TEST(Columns, OfFlowsAreThoseOfTheDesignInItsOrder) {
  std::string names;
  for (const Column& column : schema_of(Table::flows).columns) names += std::string(column.name) + " ";
  EXPECT_EQ(names,
            "hour sensor ip_version src src_low protocol port class facts window packets bytes dst_bits first span src_port ttl "
            "ip_length country asn batch ");
}

TEST(Columns, EachHasANameOfItsOwnAndASentence) {
  for (const TableSchema& table : all_tables()) {
    std::set<std::string_view> names;
    for (const Column& column : table.columns) {
      EXPECT_TRUE(names.insert(column.name).second) << table.name << "." << column.name << " stands twice";
      EXPECT_FALSE(column.sentence.empty()) << table.name << "." << column.name;
      EXPECT_FALSE(duckdb_type(column.type).empty()) << table.name << "." << column.name;
    }
    EXPECT_FALSE(table.sentence.empty()) << table.name;
  }
}

TEST(Columns, PointIntoTheirRowWithoutOverlap) {
  const std::map<Table, std::size_t> sizes = {{Table::flows, sizeof(FlowRow)},
                                              {Table::minutes, sizeof(MinuteRow)},
                                              {Table::backscatter, sizeof(BackscatterRow)},
                                              {Table::sensor_days, sizeof(SensorDayRow)},
                                              {Table::counts, 0},
                                              {Table::requests, sizeof(RequestRow)},
                                              {Table::sessions, sizeof(SessionRow)},
                                              {Table::payloads, sizeof(PayloadRow)},
                                              {Table::attacks, sizeof(AttackRow)},
                                              {Table::port_days, sizeof(PortDayRow)},
                                              {Table::scans, 0},
                                              {Table::scanner_days, 0},
                                              {Table::incidents, 0}};
  for (const TableSchema& table : all_tables()) {
    EXPECT_EQ(table.row_size, sizes.at(table.table)) << table.name;
    std::set<std::size_t> taken;
    for (const Column& column : table.columns) {
      if (table.row_size == 0) {
        EXPECT_EQ(column.offset, kNoOffset) << table.name << "." << column.name;
        continue;
      }
      const std::size_t size = field_size(column.type);
      EXPECT_LE(column.offset + size, table.row_size) << table.name << "." << column.name;
      EXPECT_EQ(column.offset % std::min(size, sizeof(std::uint64_t)), 0u) << table.name << "." << column.name << " is not aligned";
      for (std::size_t byte = column.offset; byte < column.offset + size; ++byte) {
        EXPECT_TRUE(taken.insert(byte).second) << table.name << "." << column.name << " overlaps another column";
      }
    }
  }
}

TEST(Columns, TheOrderOfAFileNamesColumnsOfItsTable) {
  for (const TableSchema& table : all_tables()) {
    std::string order(table.order);
    for (std::size_t start = 0; start < order.size();) {
      const std::size_t end = std::min(order.find(", ", start), order.size());
      const std::string name = order.substr(start, end - start);
      bool found = false;
      for (const Column& column : table.columns) found = found || column.name == name;
      EXPECT_TRUE(found) << table.name << " is ordered by " << name;
      start = end + 2;
    }
  }
}

TEST(Columns, EveryReasonOfUndecodablePacketsIsAColumnOfSensorDays) {
  std::set<std::string_view> names;
  for (const Column& column : schema_of(Table::sensor_days).columns) names.insert(column.name);
  for (std::size_t reason = 1; reason < kUndecodableReasons; ++reason) {
    EXPECT_TRUE(names.contains("undecodable_" + std::string(kUndecodableNames[reason]))) << kUndecodableNames[reason];
  }
}

TEST(Columns, TheContractOfRequestsIsKept) {
  std::set<std::string_view> names;
  for (const Column& column : schema_of(Table::requests).columns) names.insert(column.name);
  for (const char* wanted : {"minute", "sensor", "src", "src_low", "service", "packets", "bytes_in", "bytes_out", "replies", "kinds",
                             "first_ms", "last_ms", "batch"}) {
    EXPECT_TRUE(names.contains(wanted)) << wanted;
  }
}

// Written out a second time on purpose: these names lie in stored rows.
TEST(Frozen, NamesOfServices) {
  EXPECT_EQ(name_of(Service::unknown), "unknown");
  EXPECT_EQ(name_of(Service::chargen), "chargen");
  EXPECT_EQ(name_of(Service::dns), "dns");
  EXPECT_EQ(name_of(Service::ntp), "ntp");
  EXPECT_EQ(name_of(Service::ssdp), "ssdp");
  EXPECT_EQ(name_of(Service::rdp), "rdp");
  EXPECT_EQ(name_of(Service::quake), "quake");
}

// Written out a second time on purpose: these numbers are in stored rows.
TEST(Frozen, NumbersOfClassesAndKinds) {
  EXPECT_EQ(static_cast<int>(TrafficClass::scan), 1);
  EXPECT_EQ(static_cast<int>(TrafficClass::backscatter), 2);
  EXPECT_EQ(static_cast<int>(TrafficClass::request), 3);
  EXPECT_EQ(static_cast<int>(TrafficClass::echo), 4);
  EXPECT_EQ(static_cast<int>(TrafficClass::other), 5);
  EXPECT_EQ(name_of(TrafficClass::backscatter), "backscatter");
  EXPECT_EQ(static_cast<int>(SensorKind::darknet), 0);
  EXPECT_EQ(static_cast<int>(SensorKind::honeypot), 1);
  EXPECT_EQ(static_cast<int>(SensorKind::reflector), 2);
}

TEST(Frozen, BitsOfFacts) {
  EXPECT_EQ(fact::kSeqIsDst, 0x01u);
  EXPECT_EQ(fact::kIpId54321, 0x02u);
  EXPECT_EQ(fact::kIpIdXor, 0x04u);
  EXPECT_EQ(fact::kIpIdZero, 0x08u);
  EXPECT_EQ(fact::kNoOptions, 0x10u);
  EXPECT_EQ(fact::kDontFragment, 0x20u);
  EXPECT_EQ(fact::kTtlBandMask, 0x1c0u);
  EXPECT_EQ(fact::kLayoutMask, 0x3e00u);
  EXPECT_EQ(fact::kSynAck, 0x4000u);
  EXPECT_EQ(fact::kReset, 0x8000u);
}

TEST(Frozen, ACountryLiesInMemoryAsItsTwoLetters) {
  EXPECT_EQ(country_code('J', 'P'), 0x504a);
  EXPECT_EQ(country_code('A', 'R'), 'A' + 256 * 'R');
}

}  // namespace
}  // namespace nightjar
