#pragma once
#include <vector>

#include "aggregate/datagram_table.hpp"
#include "aggregate/text_keep.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

class Recogniser;

/// Adds rows of the datagrams to dark addresses of one UTC day, with what is recognised in them, to those of conversations: each SHA-256
/// stays there once. `texts` keeps what new rows point to.
void add_datagram_rows(std::vector<Datagram> datagrams, Recogniser& recogniser, std::vector<PayloadRow>& rows, TextKeep& texts);

}  // namespace nightjar
