#include "aggregate/flow_stream.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "aggregate/record_sort.hpp"

namespace nightjar {

std::vector<std::int64_t> days_of(const std::vector<FlowTable*>& tables) {
  std::set<std::int64_t> days;
  for (FlowTable* const table : tables) {
    for (const auto& [day, records] : table->days()) days.insert(day);
  }
  return {days.begin(), days.end()};
}

FlowStream::FlowStream(const std::vector<FlowTable*>& tables, std::int64_t day, Finish finish) : day_(day), finish_(std::move(finish)) {
  std::vector<std::pair<FlowTable*, FlowDay*>> found;
  bool bucketed = false;
  for (FlowTable* const table : tables) {
    const auto at = table->days().find(day);
    if (at == table->days().end()) continue;
    found.emplace_back(table, &at->second);
    bucketed |= !at->second.buckets.empty();
  }
  Part whole;
  std::vector<Part> buckets, wide;
  for (const auto& [table, records] : found) {
    if (bucketed && records->buckets.empty()) table->spread(*records);
    if (!bucketed && records->records > 0) whole.lists.push_back(&records->unsorted);
    buckets.resize(std::max(buckets.size(), records->buckets.size()));
    for (std::size_t i = 0; i < records->buckets.size(); ++i) {
      if (records->buckets[i].size() > 0) buckets[i].lists.push_back(&records->buckets[i]);
    }
    wide.resize(std::max(wide.size(), records->wide.size()));
    for (std::size_t i = 0; i < records->wide.size(); ++i) {
      if (!records->wide[i].empty()) wide[i].wide.push_back(&records->wide[i]);
    }
  }
  if (!whole.lists.empty()) parts_.push_back(std::move(whole));
  for (std::vector<Part>* kind : {&buckets, &wide}) {
    for (Part& part : *kind) {
      if (!part.lists.empty() || !part.wide.empty()) parts_.push_back(std::move(part));
    }
  }
}

std::size_t FlowStream::rows_at_most() const {
  std::size_t rows = 0;
  for (const Part& part : parts_) {
    for (const RecordList* list : part.lists) rows += list->size();
    for (const std::vector<FlowRow>* wide : part.wide) rows += wide->size();
  }
  return rows;
}

std::span<const std::byte> FlowStream::open(std::size_t number) {
  Part& part = parts_[number];
  if (part.wide.empty())
    merge_records(part);
  else
    merge_wide(part);
  finish_(part.rows);
  return std::as_bytes(std::span(part.rows));
}

void FlowStream::close(std::size_t number) { std::vector<FlowRow>().swap(parts_[number].rows); }

void FlowStream::merge_records(Part& part) const {
  std::vector<FlowRecord> records, scratch;
  std::size_t size = 0;
  for (const RecordList* list : part.lists) size += list->size();
  records.reserve(size);
  for (const RecordList* list : part.lists) list->append_to(records);
  sort_records(records, scratch);
  part.rows.reserve(size);
  for (std::size_t begin = 0; begin < records.size();) {
    const FlowRecord& head = records[begin];
    FlowRow row = row_of(head, day_);
    unsigned last = row.first;
    std::size_t i = begin + 1;
    for (; i < records.size() && records[i].place == head.place && records[i].marks == head.marks; ++i) {
      const FlowRecord& record = records[i];
      row.first = static_cast<std::uint16_t>(std::min<unsigned>(row.first, record.second()));
      last = std::max(last, record.second());
      row.bytes += record.length();
      row.dst_bits |= record.dst_bit();
      if (record.src_port() != row.src_port) row.src_port = 0;
      if (record.ttl() != row.ttl) row.ttl = 0;
      if (record.length() != row.ip_length) row.ip_length = 0;
    }
    row.packets = i - begin;
    row.span = static_cast<std::uint16_t>(last - row.first);
    part.rows.push_back(row);
    begin = i;
  }
}

void FlowStream::merge_wide(Part& part) {
  for (std::vector<FlowRow>* rows : part.wide) {
    part.rows.insert(part.rows.end(), rows->begin(), rows->end());
    std::vector<FlowRow>().swap(*rows);
  }
  if (std::ranges::any_of(part.rows, [](const FlowRow& row) { return row.ip_version == 4; })) ipv4_twice_ = true;
  std::sort(part.rows.begin(), part.rows.end(), comes_before);
  std::size_t kept = 0;
  for (std::size_t i = 1; i < part.rows.size(); ++i) {
    if (same_key(part.rows[kept], part.rows[i]))
      merge_into(part.rows[kept], part.rows[i]);
    else
      part.rows[++kept] = part.rows[i];
  }
  if (!part.rows.empty()) part.rows.resize(kept + 1);
}

}  // namespace nightjar
