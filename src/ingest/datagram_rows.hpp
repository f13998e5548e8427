#pragma once
#include <vector>

#include "aggregate/datagram_table.hpp"
#include "aggregate/text_keep.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

class Recogniser;

/// Rows of `payloads` and the characters that they point to.
struct DatagramRows {
  std::vector<PayloadRow> payloads;  ///< each SHA-256 once a UTC day
  TextKeep texts;
};

/// Rows of the datagrams to dark addresses, with what is recognised in them.
DatagramRows rows_of(std::vector<Datagram> datagrams, Recogniser& recogniser);

}  // namespace nightjar
