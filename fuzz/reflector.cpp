// A reflector that answers whatever it may: two bytes of port, then the datagram; and the same bytes as an operator's file and as what a
// run before left (sealed, as a checksum stops nobody). No packet is above the cap, none leaves that is not in the ledger, and a source
// gets no more than its budget.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "budget/sealed_state.hpp"
#include "reflector/reflector.hpp"

namespace {

using namespace nightjar;
using namespace nightjar::reflector;

void require(bool holds) {
  if (!holds) std::abort();
}

ReflectorConfig config() {
  ReflectorConfig config;
  config.contact = "noc@example.net";
  config.budget.hosts = config.budget.prefixes = config.budget.sketch_cells = 1'024;
  for (const OfferedService& service : offered_services()) config.modes[static_cast<std::size_t>(service.service)] = Mode::emulated;
  config.canned = *CannedAnswers::parse("[[record]]\nname = \"a\"\ntype = \"TXT\"\ntext = \"a text\"\n", "zone.toml");
  return config;
}

ReplyPackets replies;

/// Every service by itself, without budgets: bounds of what is written.
void answer(std::span<const std::uint8_t> payload, std::uint16_t port, const DnsZone& zone) {
  const OfferedService* service = offered_at(port);
  if (service == nullptr) return;
  const UdpRequest request = read_request(payload, port);
  if (request.answer || request.service != service->service || (request.kinds & 1) != 0) return;
  const Persona persona;
  const Address source{4, 0x68100101, 0}, six{6, 0x2a00145040010800, 1};
  for (const Address& from : {source, six}) {
    replies.clear();
    const Asked asked{request, payload, from, 40'000, from, port, 1'511'413'200'000'000'000, persona, zone};
    service->reply(asked, replies);
    for (std::size_t i = 0; i < replies.size(); ++i) require(!replies[i].empty() && replies[i].size() <= 1'232);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::span<const std::uint8_t> payload(bytes + 2, size - 2);
  const auto port = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
  static const ReflectorConfig usual = config();
  answer(payload, port, usual.canned.zone());
  for (const OfferedService& service : offered_services()) answer(payload, service.ports.front(), usual.canned.zone());

  static Reflector reflector(usual, 0);
  static std::int64_t now = 0;
  now += 3'700'000'000'000;  // every input finds the budget free
  std::uint64_t sent = 0, sent_bytes = 0;
  const EgressTotals before = reflector.ledger().totals();
  for (int i = 0; i < 8; ++i) {
    Datagram datagram{{4, 0x68100101, 0}, {4, 0xc6290004, 0}, 40'000, port, payload, false, now + i, now + i};
    const Decision decision = reflector.handle(datagram, replies);
    require((decision.silence == Silence::none) == !replies.empty());
    for (std::size_t packet = 0; packet < replies.size(); ++packet) {
      require(replies[packet].size() <= 1'232);
      ++sent;
      sent_bytes += replies[packet].size() + 28;
    }
  }
  require(sent <= 3);
  require(reflector.ledger().totals().packets - before.packets == sent &&
          reflector.ledger().totals().ip_bytes - before.ip_bytes == sent_bytes);
  reflector.ledger().take();

  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto canned = CannedAnswers::parse(text, "fuzz.toml");
  if (!canned) require(canned.error().sentence.starts_with("fuzz.toml:"));
  if (canned) {
    for (const OfferedService& service : offered_services()) {
      replies.clear();
      canned->reply(service.service, payload, replies);
      for (std::size_t i = 0; i < replies.size(); ++i) require(replies[i].size() <= 1'232);
    }
  }
  require(!budget::unseal("NJBUDGET", 1, {bytes, size}) || text.starts_with("NJBUDGET"));
  ReplyBudget budget(usual.budget, 0);
  const auto restored = budget.restore(budget::seal("NJBUDGET", 1, {bytes, size}));
  if (!restored) {
    require(budget.is_listen_only());
    require(budget.request({4, 0x68100101, 0}, 8, 1) == Silence::listen_only);
  } else {
    ReplyBudget again(usual.budget, 0);
    require(again.restore(budget.save(true)).has_value());
  }
  return 0;
}
