#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aggregate/text_keep.hpp"
#include "net/packet.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

/// One worker's rows of `requests`.
class RequestTable {
 public:
  /// Rows and the characters that their queries point to.
  struct Rows {
    std::vector<RequestRow> requests;  ///< in the order of the table
    TextKeep texts;
  };

  RequestTable();
  ~RequestTable();
  RequestTable(RequestTable&&) noexcept;
  RequestTable& operator=(RequestTable&&) noexcept;

  /// Counts a request to a reflector: a UDP packet with its payload as captured (bytes that the capture lacks count in request_bytes).
  /// False, and nothing is counted, for what is none: an answer (payload/udp_request.hpp), another protocol, a later fragment, a packet
  /// without ports. Whether the packet's class lets it be a request at all is the caller's to decide.
  bool add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor);

  /// Counts a UDP packet that the reflector itself sent, at the row of whom it was sent to; later fragments count nowhere. At a port that
  /// is no service's own its service is the one that this victim asked there in that minute or else the minute before (of several the one
  /// asked most), else unknown. That is settled by `take`, so that neither order nor the worker matters.
  void add_reply(const Packet& packet, std::uint16_t sensor);

  void merge(RequestTable& other);
  /// All rows; empties the table. A row keeps a query only where all its requests have it.
  Rows take();
  /// Memory held, in bytes: about 120 a row and at most one text, however many names a flood has. `take` builds sizeof(RequestRow) a row
  /// beside it.
  std::uint64_t memory_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nightjar
