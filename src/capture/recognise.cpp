#include "capture/recognise.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "capture/erf.hpp"
#include "capture/pcap.hpp"
#include "capture/pcapng.hpp"

namespace nightjar {

std::size_t wanted_head_bytes(std::span<const std::uint8_t> head) {
  if (head.size() < kPcapHeaderBytes) return kPcapHeaderBytes;
  return !begins_pcap(head) && !begins_pcapng(head) && may_be_erf(head) ? kErfHeadBytes : kPcapHeaderBytes;
}

Result<RecognisedFormat> recognise(std::span<const std::uint8_t> head, const std::string& name, PacketTally& tally) {
  if (head.empty()) return Error{name + " is empty"};
  if (head.size() >= 4 && begins_pcap(head)) {
    if (head.size() < kPcapHeaderBytes) {
      return Error{name + " breaks off inside the header of a pcap file: " + std::to_string(head.size()) + " of " +
                   std::to_string(kPcapHeaderBytes) + " bytes"};
    }
    Result<std::unique_ptr<RecordFormat>> pcap = make_pcap(head, tally);
    if (!pcap) return Error{name + " " + pcap.error().sentence};
    return RecognisedFormat{std::move(pcap).value(), kPcapHeaderBytes};
  }
  if (begins_pcapng(head)) return RecognisedFormat{make_pcapng(), 0};
  if (looks_like_erf(head)) return RecognisedFormat{make_erf(), 0};
  const std::string_view first(reinterpret_cast<const char*>(head.data()), std::min<std::size_t>(head.size(), 16));
  return Error{name + " is not a capture: it begins with \"" + escape_for_terminal(first) +
               "\"; pcap, pcapng and ERF can be read, plain or as gzip, zstd, xz or bzip2"};
}

}  // namespace nightjar
