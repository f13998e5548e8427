#include "aggregate/record_sort.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "aggregate/flow_layout.hpp"

namespace nightjar {
namespace {

std::vector<FlowRecord> random_records(std::size_t count, std::uint64_t place_mask, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<FlowRecord> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back({(random() & place_mask) | (~place_mask & 0x0600170000000000ULL), random() % 3, i});
  return records;
}

TEST(SortRecords, orders_by_place_then_marks_whatever_digits_differ) {
  std::vector<FlowRecord> scratch;
  for (const std::uint64_t mask : {0x0ULL, 0xffULL, 0xff00ULL, 0x800000000000001fULL, 0x00ffffff00000000ULL, ~0ULL, 0x7ULL << 61}) {
    for (const std::size_t count : {0u, 1u, 2u, 511u, 512u, 5000u}) {
      std::vector<FlowRecord> records = random_records(count, mask, mask + count);
      std::vector<std::uint64_t> values;
      for (const FlowRecord& record : records) values.push_back(record.value);
      sort_records(records, scratch);
      EXPECT_TRUE(std::is_sorted(
          records.begin(), records.end(),
          [](const FlowRecord& a, const FlowRecord& b) { return std::pair(a.place, a.marks) < std::pair(b.place, b.marks); }))
          << "mask " << mask << ", " << count << " records";
      std::vector<std::uint64_t> after;
      for (const FlowRecord& record : records) after.push_back(record.value);
      std::sort(after.begin(), after.end());
      EXPECT_EQ(after, values) << "no record is lost or doubled";
    }
  }
}

TEST(FlowLayout, puts_every_place_into_one_bucket_and_buckets_in_order) {
  const std::vector<FlowRecord> sample = random_records(10'000, ~0ULL, 7);
  const FlowLayout layout(sample);
  EXPECT_EQ(layout.buckets(), FlowLayout::kBuckets);
  std::vector<FlowRecord> records = random_records(20'000, ~0ULL, 8);
  for (std::size_t i = 0; i < 5'000; ++i) {  // TCP and UDP take the quick way
    records[i].place = (records[i].place & ~(0xffULL << 56)) | (i % 2 == 0 ? 6ULL : 17ULL) << 56;
  }
  std::vector<FlowRecord> scratch;
  sort_records(records, scratch);
  std::size_t last = 0;
  for (const FlowRecord& record : records) {
    const std::size_t bucket = layout.bucket_of(record.place);
    ASSERT_LT(bucket, layout.buckets());
    ASSERT_GE(bucket, last);
    last = bucket;
  }
}

TEST(FlowLayout, takes_a_sample_of_one_record) {
  const FlowLayout layout(random_records(1, ~0ULL, 9));
  EXPECT_LT(layout.bucket_of(0), layout.buckets());
  EXPECT_LT(layout.bucket_of(~0ULL), layout.buckets());
}

}  // namespace
}  // namespace nightjar
