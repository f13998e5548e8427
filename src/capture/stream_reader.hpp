#pragma once
#include <memory>
#include <string>

#include "capture/block_pool.hpp"
#include "capture/byte_source.hpp"
#include "capture/packet_tally.hpp"
#include "capture/reader.hpp"
#include "capture/record_format.hpp"
#include "capture/stream_digest.hpp"

namespace nightjar {

/// Leads a source's bytes through buffers of the pool past a format. A record that is cut off by the end of a buffer is
/// copied to the beginning of the next; a record larger than a buffer gets a larger one.
class StreamReader : public CaptureReader {
 public:
  /// `name` is for sentences. Reads the head of the source to recognise the format.
  static Result<std::unique_ptr<CaptureReader>> open(std::unique_ptr<ByteSource> raw, const std::string& name, const Options& options);

  bool next(PacketBlock& block) override;
  bool stopped() const override { return stopped_; }
  void go_on(std::uint64_t more_packets) override;
  void begin_slice() override { tally_.begin_slice(); }
  const CaptureFacts& facts() const override { return facts_; }
  std::uint64_t consumed() const override { return source_->consumed(); }
  std::uint64_t file_size() const override { return source_->file_size(); }

 private:
  StreamReader(std::unique_ptr<ByteSource> source, const Options& options);

  std::size_t available() const { return end_ - begin_; }
  /// Makes `needed` bytes available from the cursor; false if the source ends before.
  bool fill(std::size_t needed);
  /// Moves the cursor over bytes that are read, and hashes them.
  void pass(std::size_t bytes);
  void hash(std::size_t bytes);
  void end_at_stop();
  void end_of_source(const WalkEnd& last);
  std::string cut_off(const WalkEnd& last) const;

  std::unique_ptr<ByteSource> source_;
  const bool hash_;
  const std::uint64_t stop_bytes_;
  BlockPool pool_;
  std::shared_ptr<BlockBytes> storage_;
  bool lent_ = false;                ///< a block points into the storage: its bytes must stay
  std::size_t begin_ = 0, end_ = 0;  ///< of the bytes in the storage that are not yet read
  std::uint64_t offset_ = 0;         ///< of `begin_` in the decompressed bytes
  CaptureFacts facts_;
  PacketTally tally_;
  StreamDigest digest_;
  std::unique_ptr<RecordFormat> format_;
  bool ended_ = false, stopped_ = false;
};

}  // namespace nightjar
