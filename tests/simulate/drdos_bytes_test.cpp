#include "simulate/drdos_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightjar::simulate {
namespace {

constexpr std::uint32_t kPot = kReflectorsFirst + 3;
constexpr std::int64_t kTime = 1'500'000'000LL * 1'000'000'000;

std::vector<std::uint8_t> bytes(std::string_view hex) {
  std::vector<std::uint8_t> list;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    list.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return list;
}
std::vector<std::uint8_t> answer(DrdosService service, const std::vector<std::uint8_t>& request) {
  DrdosPayload payload;
  const std::size_t size = write_answer(service, request, kPot, kTime, payload);
  return {payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size)};
}
std::string text(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }
/// Requests of so many attackers.
std::vector<std::vector<std::uint8_t>> requests(DrdosService service) {
  std::vector<std::vector<std::uint8_t>> list;
  DrdosPayload payload;
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    const std::size_t size = write_request(draw_habit(service, random), random.next(), payload);
    list.emplace_back(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return list;
}

TEST(DrdosBytes, AttackersSendTheKnownRequests) {
  EXPECT_THAT(requests(DrdosService::ntp), testing::Contains(bytes("1700032a00000000")));
  EXPECT_THAT(requests(DrdosService::ntp), testing::Contains(bytes("1700022a00000000")));
  EXPECT_THAT(requests(DrdosService::ntp), testing::Contains(testing::SizeIs(192)));
  EXPECT_THAT(requests(DrdosService::chargen), testing::Each(testing::SizeIs(1)));
  EXPECT_THAT(requests(DrdosService::dns), testing::Contains(bytes("12340100000100000000000107"
                                                                   "6578616d706c65"
                                                                   "03636f6d"
                                                                   "0000ff0001"
                                                                   "0000291000000080000000")));
  const std::string shortest = "M-SEARCH\nST:ssdp:all\nMAN:\"ssdp:discover\"\n";
  EXPECT_THAT(requests(DrdosService::ssdp), testing::Contains(std::vector<std::uint8_t>(shortest.begin(), shortest.end())));
}

TEST(DrdosBytes, TheMonitorListIsOnePacketOfSixItems) {
  const auto list = answer(DrdosService::ntp, bytes("1700032a00000000"));
  ASSERT_EQ(list.size(), 440U);
  EXPECT_EQ(std::vector<std::uint8_t>(list.begin(), list.begin() + 8), bytes("9700032a00060048"));
}

TEST(DrdosBytes, ATimeServerCopiesTheTransmitTime) {
  auto request = bytes("23000000");
  request.resize(40);
  const auto transmit = bytes("dd12345689abcdef");
  request.insert(request.end(), transmit.begin(), transmit.end());
  const auto time = answer(DrdosService::ntp, request);
  ASSERT_EQ(time.size(), 48U);
  EXPECT_EQ(time[0], 0x24);
  EXPECT_EQ(time[1], 2);
  EXPECT_EQ(std::vector<std::uint8_t>(time.begin() + 24, time.begin() + 32), transmit);
  EXPECT_EQ(std::vector<std::uint8_t>(time.begin() + 40, time.end()), bytes("dd12ad8000000000"));  // 2017-07-14T02:40:00Z
}

TEST(DrdosBytes, CharGenRotatesAllNinetyFiveCharacters) {
  const std::string lines = text(answer(DrdosService::chargen, {1}));
  ASSERT_EQ(lines.size(), 512U);
  EXPECT_EQ(lines.substr(0, 74), " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg\r\n");
  EXPECT_EQ(lines[74], '!');
}

TEST(DrdosBytes, WithoutEdnsAnAnswerIsEmptyAndTruncated) {
  const auto question = bytes(
      "00070100000100000000000007"
      "6578616d706c65"
      "03636f6d"
      "0000ff0001");
  EXPECT_EQ(answer(DrdosService::dns, question), bytes("00078380000100000000000007"
                                                       "6578616d706c65"
                                                       "03636f6d"
                                                       "0000ff0001"));
}

TEST(DrdosBytes, ADeviceIsFoundAtThePort52869) {
  const std::string device = text(answer(DrdosService::ssdp, bytes("4d")));
  EXPECT_THAT(device, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(device, testing::HasSubstr("\r\nLOCATION: http://100.127.254.3:52869/"));
  EXPECT_THAT(device, testing::EndsWith("\r\n\r\n"));
}

TEST(DrdosBytes, WhatIsNoKnownRequestGetsNothing) {
  EXPECT_TRUE(answer(DrdosService::ntp, bytes("160200010000000000000000")).empty());
  EXPECT_TRUE(answer(DrdosService::ntp, bytes("23")).empty());
  EXPECT_TRUE(answer(DrdosService::dns, bytes("34ef01000001000000000000075645525349"
                                              "4f4e0442494e440000100003"))
                  .empty());
  EXPECT_TRUE(answer(DrdosService::dns, bytes("34ef0100")).empty());
}

TEST(DrdosBytes, NoServiceIsAnswered) {
  for (const std::uint16_t port : {0, 7, 19, 53, 123, 1900, 11211}) EXPECT_FALSE(may_answer_to(port)) << port;
  for (const std::uint16_t port : {80, 40'000}) EXPECT_TRUE(may_answer_to(port)) << port;
}

}  // namespace
}  // namespace nightjar::simulate
