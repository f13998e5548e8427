// Any conversation with any service: within its limits, without a step outside of memory, and the same however its bytes are cut.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "honeypot/visit.hpp"

namespace {

using namespace nightjar;

constexpr std::uint32_t kMostOut = 20'000;

/// Turns of `script`: a byte that says how long the next piece is, the piece, and, where the byte is even, silence behind it. `step`: bytes
/// that are handed over at once.
std::string talk(std::uint16_t port, std::string_view script, std::size_t step) {
  const Persona persona(budget::Secret{1, 2});
  const LoginRule login{50, 3};
  VisitLimits limits;
  limits.bytes_out = kMostOut;
  Visit visit(persona, login, limits, port, 1);
  Moment now;
  std::string out;
  Visit::Next next = visit.opened(now, out);
  while (!script.empty() && !next.close) {
    const std::size_t length = static_cast<std::uint8_t>(script[0]);
    std::string_view piece = script.substr(1, length);
    script.remove_prefix(1 + piece.size());
    for (; !piece.empty() && !next.close; piece.remove_prefix(std::min(step, piece.size())))
      next = visit.received(piece.substr(0, step), now, out);
    if (next.close || length % 2 != 0) continue;
    if (next.wait.count() <= 0) std::abort();
    now.monotonic += next.wait;
    next = visit.silent(now, out);
  }
  if (out.size() > kMostOut || out.size() != visit.bytes_out()) std::abort();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  // The first two bytes: a port of a service, or any.
  std::uint16_t port = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  const auto all = honeypot_services();
  const Service& service = all[bytes[0] % all.size()];
  if (bytes[1] < 128 && !service.ports.empty()) port = service.ports[bytes[1] % service.ports.size()];
  const std::string_view script(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const std::string whole = talk(port, script, 65'536), cut = talk(port, script, 1);
  if (whole != cut) std::abort();
  return 0;
}
