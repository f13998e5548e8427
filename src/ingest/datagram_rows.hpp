#pragma once
#include <vector>

#include "aggregate/datagram_table.hpp"
#include "aggregate/text_keep.hpp"
#include "schema/honeypot_rows.hpp"

namespace nightjar {

class Recogniser;

/// Appends rows of the datagrams to dark addresses of one UTC day, with what is recognised in them: each SHA-256 once. `texts` keeps what
/// they point to.
void add_datagram_rows(std::vector<Datagram> datagrams, Recogniser& recogniser, std::vector<PayloadRow>& rows, TextKeep& texts);

}  // namespace nightjar
