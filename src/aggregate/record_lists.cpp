#include "aggregate/record_lists.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <new>

namespace nightjar {
namespace {

constexpr std::size_t kFirstPiece = 32, kLargestPiece = 1024;
constexpr std::size_t kHugePage = std::size_t{2} << 20;

}  // namespace

void RecordArena::Free::operator()(FlowRecord* slab) const { std::free(slab); }

FlowRecord* RecordArena::take(std::size_t count) {
  assert(count <= kSlabRecords);
  if (slabs_.empty() || used_ + count > kSlabRecords) {
    if (!slabs_.empty()) ++slab_;
    used_ = 0;
  }
  if (slab_ == slabs_.size()) {
    void* memory = std::aligned_alloc(kHugePage, kHugePage);
    if (memory == nullptr) throw std::bad_alloc();
    ::madvise(memory, kHugePage, MADV_HUGEPAGE);
    slabs_.emplace_back(static_cast<FlowRecord*>(memory));
  }
  FlowRecord* const records = slabs_[slab_].get() + used_;
  used_ += count;
  return records;
}

void RecordList::grow(RecordArena& arena) {
  const std::size_t size = pieces_.empty() ? kFirstPiece : std::min(pieces_.back().size * 4, kLargestPiece);
  at_ = arena.take(size);
  end_ = at_ + size;
  pieces_.push_back({at_, size});
}

std::size_t RecordList::size() const {
  std::size_t size = 0;
  for (const Piece& piece : pieces_) size += piece.size;
  return size - static_cast<std::size_t>(end_ - at_);
}

void RecordList::append_to(std::vector<FlowRecord>& records) const {
  for (const Piece& piece : pieces_) {
    const FlowRecord* const end = &piece == &pieces_.back() ? at_ : piece.begin + piece.size;
    records.insert(records.end(), piece.begin, const_cast<FlowRecord*>(end));
  }
}

}  // namespace nightjar
