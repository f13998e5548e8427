#include "capture/stream_reader.hpp"

#include <algorithm>
#include <cstring>

#include "capture/compression.hpp"
#include "capture/recognise.hpp"

namespace nightjar {

StreamReader::StreamReader(std::unique_ptr<ByteSource> source, const Options& options)
    : source_(std::move(source)),
      hash_(options.hash),
      stop_bytes_(options.stop_bytes),
      pool_(options.block_bytes),
      storage_(pool_.take(0)),
      tally_(options, facts_) {}

Result<std::unique_ptr<CaptureReader>> StreamReader::open(std::unique_ptr<ByteSource> raw, const std::string& name,
                                                          const Options& options) {
  Result<DecompressedSource> source = decompressed(std::move(raw), name);
  if (!source) return source.error();
  std::unique_ptr<StreamReader> reader(new StreamReader(std::move(source->source), options));
  const auto head = [&] { return std::span(reader->storage_->bytes.data(), reader->available()); };
  while (reader->available() < wanted_head_bytes(head()) && reader->fill(wanted_head_bytes(head()))) continue;
  Result<RecognisedFormat> recognised = recognise(head(), name, reader->tally_);
  if (!recognised) {
    // A broken disk or compression says more than the few bytes that came before it.
    if (const auto& failure = reader->source_->failure()) return Error{"cannot read " + name + ": " + *failure};
    if (const auto& damage = reader->source_->damage()) return Error{"cannot read " + name + ": " + *damage};
    return recognised.error();
  }
  reader->format_ = std::move(recognised->format);
  reader->facts_.format = std::string(reader->format_->name()) + (source->suffix.empty() ? "" : "." + source->suffix);
  reader->pass(recognised->header_bytes);
  return std::unique_ptr<CaptureReader>(std::move(reader));
}

bool StreamReader::next(PacketBlock& block) {
  block.storage.reset();
  while (!ended_) {
    if (offset_ >= stop_bytes_) {
      end_at_stop();
      break;
    }
    if (tally_.reached_stop()) {
      // A capture that ends just here has been read to its end.
      if (available() == 0 && !fill(1)) {
        end_of_source(WalkEnd::more(1, true));
      } else {
        end_at_stop();
      }
      break;
    }
    const std::uint8_t* bytes = storage_->bytes.data();
    const std::size_t before_stop = static_cast<std::size_t>(std::min<std::uint64_t>(available(), stop_bytes_ - offset_));
    RecordWindow window{bytes + begin_, bytes + begin_ + before_stop, offset_};
    tally_.begin_block(block.packets);
    const WalkEnd walk = format_->walk(window, tally_);
    const std::size_t packets = tally_.end_block(block.packets);
    pass(static_cast<std::size_t>(window.begin - (bytes + begin_)));
    if (packets > 0) {
      // Why the walk ended comes up again in the next call.
      block.storage = storage_;
      lent_ = true;
      return true;
    }
    if (walk.why == WalkEnd::Why::more && walk.needed > stop_bytes_ - offset_) {
      end_at_stop();
      break;
    }
    if (walk.why == WalkEnd::Why::broken || (walk.why == WalkEnd::Why::more && !fill(walk.needed))) end_of_source(walk);
  }
  block.packets.clear();
  return false;
}

bool StreamReader::fill(std::size_t needed) {
  if (storage_->bytes.size() - begin_ < needed || end_ == storage_->bytes.size()) {
    const std::size_t rest = available();
    if (lent_ || storage_->bytes.size() < needed) {
      std::shared_ptr<BlockBytes> next = pool_.take(needed);
      std::memcpy(next->bytes.data(), storage_->bytes.data() + begin_, rest);
      storage_ = std::move(next);
      lent_ = false;
    } else {
      std::memmove(storage_->bytes.data(), storage_->bytes.data() + begin_, rest);
    }
    begin_ = 0;
    end_ = rest;
  }
  while (available() < needed) {
    const std::size_t got = source_->read(storage_->bytes.data() + end_, storage_->bytes.size() - end_);
    if (got == 0) return false;
    end_ += got;
    facts_.bytes += got;
  }
  return true;
}

void StreamReader::pass(std::size_t bytes) {
  if (hash_) hash(bytes);
  begin_ += bytes;
  offset_ += bytes;
  facts_.readable_bytes = offset_;
}

void StreamReader::hash(std::size_t bytes) {
  const std::uint8_t* at = storage_->bytes.data() + begin_;
  const std::uint8_t* const end = at + bytes;
  std::vector<Milestone>& stones = facts_.milestones;
  // The tally has set those of the bytes at hand; their digests are known only now.
  auto stone = std::lower_bound(stones.begin(), stones.end(), offset_, [](const Milestone& m, std::uint64_t o) { return m.offset < o; });
  for (; stone != stones.end(); ++stone) {
    const std::uint8_t* const here = storage_->bytes.data() + begin_ + (stone->offset - offset_);
    digest_.update(at, static_cast<std::size_t>(here - at));
    stone->digest = digest_.value().low;
    at = here;
  }
  digest_.update(at, static_cast<std::size_t>(end - at));
}

void StreamReader::end_at_stop() {
  ended_ = stopped_ = true;
  if (hash_) facts_.readable_digest = facts_.digest = digest_.value();
  facts_.bytes = offset_;
}

void StreamReader::go_on(std::uint64_t more_packets) {
  if (!stopped_) return;
  ended_ = stopped_ = false;
  facts_.bytes = offset_ + available();
  tally_.go_on(more_packets);
}

void StreamReader::end_of_source(const WalkEnd& last) {
  ended_ = true;
  if (last.why == WalkEnd::Why::broken) {
    facts_.damage = last.sentence;
  } else if (source_->damage()) {
    facts_.damage = source_->damage();
  } else if (available() > 0 && !source_->failure()) {
    facts_.damage = cut_off(last);
  }
  facts_.failure = source_->failure();
  if (!hash_) return;
  facts_.readable_digest = digest_.value();
  // The digest names the whole capture, also what is behind the damage.
  digest_.update(storage_->bytes.data() + begin_, available());
  if (lent_) storage_ = pool_.take(0);
  while (const std::size_t got = source_->read(storage_->bytes.data(), storage_->bytes.size())) {
    digest_.update(storage_->bytes.data(), got);
    facts_.bytes += got;
  }
  facts_.failure = source_->failure();
  facts_.digest = digest_.value();
}

std::string StreamReader::cut_off(const WalkEnd& last) const {
  const std::string word(format_->record_word());
  return "cut off at byte " + std::to_string(offset_ + available()) + ": the " + word + (last.header_only ? " header" : "") + " at byte " +
         std::to_string(offset_) + " has " + std::to_string(last.needed) + " bytes, " + std::to_string(available()) + " are there";
}

}  // namespace nightjar
