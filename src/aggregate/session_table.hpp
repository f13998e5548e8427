#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "aggregate/text_keep.hpp"
#include "payload/conversation.hpp"
#include "payload/reading.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

/// Rows of `sessions` and the payloads that they name.
class SessionTable {
 public:
  /// Rows and the characters that they point to.
  struct Rows {
    std::vector<SessionRow> sessions;  ///< in the order of the table
    std::vector<PayloadRow> payloads;  ///< each SHA-256 once a UTC day, by SHA-256
    TextKeep texts;
  };

  SessionTable();
  ~SessionTable();
  SessionTable(SessionTable&&) noexcept;
  SessionTable& operator=(SessionTable&&) noexcept;

  /// A conversation with what was read in it. The same conversation may come again when more of it was seen: both rows are kept.
  void add(const Conversation& conversation, const Reading& reading);
  /// All rows; empties the table.
  Rows take();
  std::uint64_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar
