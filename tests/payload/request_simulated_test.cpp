// What the model of reflectors sends is recognised as what the model says it is.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "payload/request_kinds.hpp"
#include "payload/udp_request.hpp"
#include "simulate/drdos_bytes.hpp"

namespace nightjar {
namespace {

using simulate::DrdosService;

TEST(SimulatedRequest, of_an_attack_is_of_its_service_and_of_no_unknown_kind) {
  simulate::Random random(7);
  simulate::DrdosPayload payload;
  std::map<DrdosService, std::set<std::string>> seen;
  for (int i = 0; i < 2'000; ++i) {
    const DrdosService service = simulate::kDrdosServices[static_cast<std::size_t>(i) % simulate::kDrdosServices.size()];
    const auto habit = simulate::draw_habit(service, random);
    const std::size_t size = simulate::write_request(habit, random.next(), payload);
    const UdpRequest request = read_request(std::span(payload).first(size), simulate::port_of(service));
    ASSERT_EQ(name_of(request.service), simulate::name_of(service));
    ASSERT_FALSE(request.answer);
    ASSERT_EQ(request.kinds & kOtherRequest, 0u);
    ASSERT_GT(request.reply_bytes, size) << "attackers send what amplifies";
    seen[service].insert(kinds_text(request.service, request.kinds));
  }
  EXPECT_EQ(seen[DrdosService::chargen], (std::set<std::string>{"datagram"}));
  EXPECT_EQ(seen[DrdosService::ntp], (std::set<std::string>{"monlist version-2", "monlist-old version-2"}));
  EXPECT_EQ(seen[DrdosService::dns], (std::set<std::string>{"any recursion edns-4096 dnssec", "any recursion edns-4096", "any recursion",
                                                            "txt recursion edns-4096"}));
  EXPECT_EQ(seen[DrdosService::ssdp], (std::set<std::string>{"m-search ssdp:all", "m-search ssdp:all no-mx", "m-search ssdp:all line-feeds",
                                                             "m-search ssdp:all no-mx line-feeds", "m-search rootdevice"}));
}

TEST(SimulatedRequest, of_a_scanner_is_of_its_service_and_what_pots_answer_is_an_answer) {
  simulate::DrdosPayload payload, reply;
  unsigned answers = 0;
  for (const DrdosService service : simulate::kDrdosServices) {
    for (std::uint64_t number = 0; number < 4; ++number) {
      const std::size_t size = simulate::write_probe(service, number, payload);
      const auto probe = std::span<const std::uint8_t>(payload).first(size);
      const UdpRequest request = read_request(probe, simulate::port_of(service));
      EXPECT_EQ(name_of(request.service), simulate::name_of(service));
      EXPECT_EQ(request.kinds & kOtherRequest, 0u);
      const std::size_t answered = simulate::write_answer(service, probe, 0xc6120001, 1'500'000'000'000'000'000, reply);
      if (answered == 0 || service == DrdosService::chargen) continue;  // characters do not say that they are an answer
      ++answers;
      EXPECT_TRUE(read_request(std::span<const std::uint8_t>(reply).first(answered), simulate::port_of(service)).answer);
    }
  }
  EXPECT_GT(answers, 3u);
}

}  // namespace
}  // namespace nightjar
