// Requests cut at every byte, and with every byte changed: read without a fault (the sanitizers see to it), and soundly.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "payload/request_kinds.hpp"
#include "payload/sample_requests.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

/// What holds for any bytes. The vector holds no more than them, so that sanitizers see who reads beyond.
void expect_sound(const test::ByteVector& bytes, std::uint16_t port) {
  const UdpRequest request = read_request(bytes, port);
  ASSERT_EQ(request.service, service_of_port(port).value_or(request.service));
  ASSERT_EQ(request.kinds == 0, request.answer);
  ASSERT_EQ(kinds_text(request.service, request.kinds).find("bit-"), std::string::npos) << "every bit has a name";
  if (request.kinds & kOtherRequest) {
    ASSERT_EQ(request.kinds, kOtherRequest) << "nothing known is known";
    ASSERT_EQ(request.reply_bytes, 0u);
    ASSERT_EQ(request.query.view(), "");
  }
  const std::string_view query = request.query.view();
  ASSERT_LE(query.size(), QueryText::kMost);
  ASSERT_TRUE(std::all_of(query.begin(), query.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

TEST(CutRequest, is_read_soundly_wherever_it_is_cut) {
  for (const test::SampleRequest& sample : test::sample_requests()) {
    SCOPED_TRACE(sample.what);
    for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
      const test::ByteVector front(sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      ASSERT_NO_FATAL_FAILURE(expect_sound(front, sample.port));
      ASSERT_NO_FATAL_FAILURE(expect_sound(front, 40'000));
    }
  }
}

TEST(CutRequest, is_read_soundly_whatever_bytes_change) {
  std::mt19937 random(5);
  for (const test::SampleRequest& sample : test::sample_requests()) {
    SCOPED_TRACE(sample.what);
    for (std::size_t at = 0; at < sample.bytes.size(); ++at) {
      for (const unsigned value : {0x00u, 0x7fu, 0x80u, 0xc0u, 0xffu, static_cast<unsigned>(random() & 0xff)}) {
        test::ByteVector changed = sample.bytes;
        changed[at] = static_cast<std::uint8_t>(value);
        ASSERT_NO_FATAL_FAILURE(expect_sound(changed, sample.port));
        ASSERT_NO_FATAL_FAILURE(expect_sound(changed, 40'000));
      }
    }
  }
}

TEST(CutRequest, is_read_soundly_by_every_service_though_it_is_anothers) {
  const auto samples = test::sample_requests();
  for (const test::SampleRequest& port_of : samples) {
    for (const test::SampleRequest& sample : samples) {
      SCOPED_TRACE(sample.what);
      ASSERT_NO_FATAL_FAILURE(expect_sound(sample.bytes, port_of.port));
    }
  }
}

}  // namespace
}  // namespace nightjar
