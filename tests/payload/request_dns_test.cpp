#include <gtest/gtest.h>

#include "payload/request_kinds.hpp"
#include "payload/sample_requests.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

using namespace test;

/// A query with RD for what `question` holds, after its header.
test::ByteVector query(const test::ByteVector& question, std::uint8_t more = 0) {
  auto bytes = hex("abcd 0100 0001 0000 0000 0000") + question;
  bytes[11] = more;
  return bytes;
}

UdpRequest read(const test::ByteVector& bytes) { return read_request(bytes, 53); }
std::string kinds(const test::ByteVector& bytes) { return kinds_text(Service::dns, read(bytes).kinds); }

TEST(DnsRequest, keeps_the_letters_of_the_name_and_escapes_dots_blanks_and_bytes_inside_labels) {
  EXPECT_EQ(read(query(hex("04") + text_bytes("IsC.") + hex("03") + text_bytes("o g") + hex("01 c3 00 0001 0001"))).query.view(),
            R"(IsC\x2e.o\x20g.\xc3 A)");
}

TEST(DnsRequest, names_types_and_classes) {
  const auto asked = [](std::string_view type_and_class) {
    return std::string(read(query(hex("0161 00") + hex(type_and_class))).query.view());
  };
  EXPECT_EQ(asked("0030 0001"), "a DNSKEY");
  EXPECT_EQ(asked("002e 0001"), "a RRSIG");
  EXPECT_EQ(asked("7777 0001"), "a TYPE30583");
  EXPECT_EQ(asked("0010 0003"), "a TXT CH");
  EXPECT_EQ(asked("00ff 00ff"), "a ANY ANY");
  EXPECT_EQ(asked("0001 1234"), "a A CLASS4660");
  EXPECT_EQ(read(query(hex("00 0002 0001"))).query.view(), ". NS");
}

TEST(DnsRequest, tells_kinds) {
  EXPECT_EQ(kinds(query(hex("00 0001 0001"))), "a recursion");
  EXPECT_EQ(kinds(query(hex("00 0030 0001"))), "dnskey recursion");
  EXPECT_EQ(kinds(query(hex("00 ffff 0001"))), "other-type recursion");
  EXPECT_EQ(kinds(hex("abcd 0000 0001 0000 0000 0000 00 0010 0001")), "txt");
  EXPECT_EQ(kinds(query(hex("00 00ff 0001 00 0029 2328 0000 0000 0000"), 1)), "any recursion edns-4096") << "9000 bytes";
  EXPECT_EQ(kinds(query(hex("00 00ff 0001 00 0029 0fff 0000 8000 0000"), 1)), "any recursion edns dnssec") << "4095 bytes";
  EXPECT_EQ(kinds(query(hex("00 00ff 0001 00 0001 0001 00000000 0004 7f000001 00 0029 1000 0000 0000 0000"), 2)), "any recursion edns-4096")
      << "OPT is the second record";
  EXPECT_EQ(kinds(hex("abcd 0100 0002 0000 0000 0000 00 0001 0001 00 0002 0001")), "a recursion several");
  EXPECT_EQ(kinds(hex("abcd 2800 0001 0000 0000 0000 00 0006 0001")), "opcode") << "an update";
}

TEST(DnsRequest, draws_no_more_than_it_allows) {
  EXPECT_EQ(read(query(hex("00 00ff 0001"))).reply_bytes, 512u);
  EXPECT_EQ(read(query(hex("00 00ff 0001 00 0029 0500 0000 0000 0000"), 1)).reply_bytes, 1280u);
  EXPECT_EQ(read(query(hex("00 00ff 0001 00 0029 0010 0000 0000 0000"), 1)).reply_bytes, 512u) << "less than 512 counts as 512 (RFC 6891)";
  EXPECT_EQ(read(query(hex("00 00ff 0001 00 0029 2328 0000 0000 0000"), 1)).reply_bytes, 4096u);
}

TEST(DnsRequest, follows_pointers_that_lead_backwards) {
  // The pointer at 12 + 2 leads to itself; that at 12 + 3 before the header; a forward one; one into the flags.
  EXPECT_EQ(kinds(query(hex("0161 c00e 0001 0001"))), "other");
  EXPECT_EQ(kinds(query(hex("0161 c00f 0001 0001"))), "other");
  EXPECT_EQ(kinds(query(hex("0161 c004 0001 0001"))), "other");
  EXPECT_EQ(kinds(query(hex("0161 c00c 0001 0001"))), "other") << "to the beginning of the same name: for ever";
  EXPECT_EQ(kinds(query(hex("c00c 0001 0001"))), "other");
  // An additional record's name points back to the question's.
  EXPECT_EQ(kinds(query(hex("0161 00 00ff 0001 c00c 0001 0001 00000000 0000 00 0029 1000 0000 0000 0000"), 2)), "any recursion edns-4096");
}

TEST(DnsRequest, is_other_where_the_name_is_broken) {
  for (const auto& question : {hex(""), hex("00"), hex("00 0001"), hex("00 0001 00"), hex("05 61 62"), hex("4061 00 0001 0001"),
                               hex("8061 00 0001 0001"), hex("c0"), hex("0161")}) {
    EXPECT_EQ(kinds(query(question)), "other");
    EXPECT_EQ(read(query(question)).query.view(), "");
    EXPECT_EQ(read(query(question)).reply_bytes, 0u);
  }
  EXPECT_EQ(kinds(hex("abcd 0100 0000 0000 0000 0000")), "other") << "no question";
}

TEST(DnsRequest, has_a_name_of_at_most_255_bytes) {
  test::ByteVector name;
  for (int i = 0; i < 3; ++i) name = name + hex("3f") + test::ByteVector(63, 'x');
  const auto longest = name + hex("3d") + test::ByteVector(61, 'y') + hex("00");
  ASSERT_EQ(longest.size(), 255u);
  const UdpRequest request = read(query(longest + hex("00ff 00fe")));
  EXPECT_EQ(request.query.view().size(), 253u + 4 + 9) << "with ANY and CLASS254";
  EXPECT_TRUE(request.query.view().ends_with("yyy ANY CLASS254"));
  EXPECT_EQ(kinds(query(name + hex("3e") + test::ByteVector(62, 'y') + hex("00 00ff 0001"))), "other");
}

}  // namespace
}  // namespace nightjar
