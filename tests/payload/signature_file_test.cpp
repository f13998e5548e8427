#include "payload/signature_file.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "recogniser_fixture.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::test {
namespace {

using ::testing::StartsWith;

const std::string kHead = "[[signature]]\nid = \"my-router\"\nname = \"My router\"\nsource = \"seen here\"\ndate = 2024-02-29\n";
const std::string kSmall = kHead + "[[signature.when]]\nall = [\"needle\"]\n";

/// The sentence about a text, or "taken".
std::string sentence(const std::string& text) {
  auto read = parse_signatures(text, "my.toml");
  if (!read) return read.error().sentence;
  const auto set = SignatureSet::compile(std::move(*read));
  return set ? "taken" : set.error().sentence;
}
std::string when(const std::string& lines) { return kHead + "[[signature.when]]\n" + lines + "\n"; }

Ids ids_with(const std::string& text, std::string_view payload, std::uint8_t number = protocol::kTcp) {
  auto read = parse_signatures(text, "my.toml");
  if (!read) return {read.error().sentence};
  auto set = SignatureSet::compile(std::move(*read));
  if (!set) return {set.error().sentence};
  Recogniser recogniser = make_recogniser(*set);
  return ids_of(recogniser.recognise({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, number, 1));
}
const Ids kMine = {"my-router"};

TEST(SignatureFile, ReadsEveryKey) {
  const auto read = parse_signatures(
      "[[signature]]\nid = \"a-1\"\nname = \"N\"\ncve = [\"CVE-2014-8361\", \"CVE-2021-12345\"]\nvendor = \"V\"\nproduct = \"P\"\n"
      "ports = [80, 65535]\nprotocol = \"udp\"\nkind = \"malware\"\nfamily = true\nsource = \"S\"\ndate = "
      "\"2017-10-31\"\n[[signature.when]]\n"
      "all = [\"a\"]\n",
      "my.toml");
  ASSERT_TRUE(read) << read.error().sentence;
  ASSERT_EQ(read->size(), 1U);
  const Signature& one = read->front();
  EXPECT_EQ(one.id, "a-1");
  EXPECT_EQ(one.cve, (std::vector<std::string>{"CVE-2014-8361", "CVE-2021-12345"}));
  EXPECT_EQ(one.vendor + one.product + one.name + one.source, "VPNS");
  EXPECT_EQ(one.ports, (std::vector<std::uint16_t>{80, 65'535}));
  EXPECT_EQ(one.protocol, protocol::kUdp);
  EXPECT_EQ(one.kind, SignatureKind::malware);
  EXPECT_TRUE(one.family);
  EXPECT_EQ(one.day, 17'470);  // date -d 2017-10-31 +%s / 86400
  EXPECT_EQ(one.line, 1U);
}

TEST(SignatureFile, AsksForNoPort) {
  EXPECT_EQ(ids_with(kHead + "ports = [4711]\n[[signature.when]]\nall = [\"needle\"]\n", "a needle"), kMine);
}

TEST(SignatureFile, PatternsAreTextsBytesOrExpressions) {
  EXPECT_EQ(ids_with(when("all = [\"a.b|c\"]"), "xa.b|cx"), kMine);
  EXPECT_EQ(ids_with(when("all = [\"a.b\"]"), "aXb"), Ids());
  EXPECT_EQ(ids_with(when("all = [{ text = \"AbC\", any_case = true }]"), "xaBcx"), kMine);
  EXPECT_EQ(ids_with(when("all = [{ text = \"AbC\" }]"), "xaBcx"), Ids());
  EXPECT_EQ(ids_with(when("all = [{ hex = \"ff 53 4D\" }]"), "x\xffSMx"), kMine);
  EXPECT_EQ(ids_with(when("all = [{ text = \"b\", at = 1 }]"), "ab"), kMine);
  EXPECT_EQ(ids_with(when("all = [{ text = \"b\", at = 1 }]"), "aab"), Ids());
  EXPECT_EQ(ids_with(when("all = [{ text = \"b\", at = 0 }]"), "ab"), Ids());
  EXPECT_EQ(ids_with(when("all = [{ regex = '^x.{2}y+z' }]"), "x\n\xffyyz"), kMine);
}

TEST(SignatureFile, AllAnyAndNoneMeanWhatTheySay) {
  const std::string rules = when("all = [\"one\", \"two\"]\nany = [\"red\", \"blue\"]\nnone = [\"not\"]");
  EXPECT_EQ(ids_with(rules, "two blue one"), kMine);
  EXPECT_EQ(ids_with(rules, "one red"), Ids());
  EXPECT_EQ(ids_with(rules, "one two"), Ids());
  EXPECT_EQ(ids_with(rules, "one two red not"), Ids());
  const std::string either = kSmall + "[[signature.when]]\nany = [\"other\"]\n";
  EXPECT_EQ(ids_with(either, "needle"), kMine);
  EXPECT_EQ(ids_with(either, "other needle"), kMine);
}

TEST(SignatureFile, FieldsAreOfHttpAndSoap) {
  const auto field = [](const std::string& condition) { return when("all = [\"needle\"]\nfields = [" + condition + "]"); };
  const std::string payload =
      "PUT /needle/a%3bb?q=%60&Name1=V%41lue;x HTTP/1.1\r\nX-Thing: Some\r\nSOAPAction: urn:a#Do|it\r\n\r\n<x:El>t&amp;&amp;t</x:El>";
  for (const char* holds :
       {"{ in = \"method\", holds = \"put\" }", "{ in = \"path\", holds = \";b\" }", "{ in = \"query\", holds = \"q=`\" }",
        "{ in = \"parameter\", name = \"name*\", holds = \"value;\" }", "{ in = \"parameter\", name = \"q\", shell = true }",
        "{ in = \"header\", name = \"x-*\", holds = \"some\" }", "{ in = \"header\", name = \"SOAPAction\", shell = true }",
        "{ in = \"soap-action\", holds = \"#do\" }", "{ in = \"element\", name = \"El\", shell = true }",
        "{ in = \"element\", name = \"*l\", holds = \"t&&t\" }", "{ in = \"body\", holds = \"<x:el>\" }"})
    EXPECT_EQ(ids_with(field(holds), payload), kMine) << holds;
  for (const char* fails : {"{ in = \"method\", holds = \"post\" }", "{ in = \"parameter\", name = \"nam\", holds = \"value\" }",
                            "{ in = \"parameter\", name = \"x-thing\" }", "{ in = \"header\", name = \"x-thing\", shell = true }",
                            "{ in = \"element\", name = \"El\", command = true }", "{ in = \"element\", name = \"Elx\" }"})
    EXPECT_EQ(ids_with(field(fails), payload), Ids()) << fails;
  EXPECT_EQ(ids_with(field("{ in = \"body\", holds = \"\" }"), "no request with a needle"), Ids());
}

TEST(SignatureFile, OfUdpLooksAtUdp) {
  const std::string udp = kHead + "protocol = \"udp\"\n[[signature.when]]\nall = [\"needle\"]\n";
  EXPECT_EQ(ids_with(udp, "needle", protocol::kUdp), kMine);
  EXPECT_EQ(ids_with(udp, "needle", protocol::kTcp), Ids());
}

TEST(SignatureFile, SaysWhatIsWrongWhereAndWhatIsPossible) {
  EXPECT_EQ(sentence(kSmall), "taken");
  EXPECT_EQ(sentence(""), "my.toml:1: there is no [[signature]] in it");
  EXPECT_EQ(sentence("[signature]\n"), "my.toml:1: signatures are written with two brackets each: [[signature]]");
  EXPECT_EQ(sentence("\n[[signatur]]\n"),
            "my.toml:2: unknown key \"signatur\" in a file of signatures; did you mean \"signature\"? All that are possible: signature");
  EXPECT_EQ(sentence("[[signature]]\nname = \"x\"\n"), "my.toml:1: [[signature]] needs id: id = \"vendor-product\"");
  EXPECT_EQ(sentence("[[signature]]\nid = \"A b\"\n"),
            "my.toml:2: the id \"A b\" must be small letters, digits and hyphens between them, at most 64");
  EXPECT_EQ(sentence("[[signature]]\nid = \"a\"\nname = \"x\"\n"),
            "my.toml:1: [[signature]] a needs source: source = \"where the bytes are known from\"");
  EXPECT_EQ(sentence(kHead),
            "my.toml:1: [[signature]] my-router needs when: [[signature.when]] with what must be there, e.g. all = [\"text\"]");
  EXPECT_EQ(sentence(kHead + "cve = [\"2014-8361\"]\n"), "my.toml:6: \"2014-8361\" is no CVE; one is written \"CVE-2014-8361\"");
  EXPECT_EQ(sentence(kHead + "ports = [65536]\n"), "my.toml:6: a port is a whole number from 0 to 65535");
  EXPECT_EQ(sentence(kHead + "protocol = \"icmp\"\n"), "my.toml:6: protocol must be one of: tcp, udp");
  EXPECT_EQ(sentence(kHead + "kind = \"virus\"\n"), "my.toml:6: kind must be one of: exploit, malware, tool, technique");
  EXPECT_THAT(sentence(kHead + "prots = [80]\n"), StartsWith("my.toml:6: unknown key \"prots\" in [[signature]]; did you mean \"ports\""));
  EXPECT_THAT(sentence("[[signature]]\nid = \"a\"\nname = \"x\"\nsource = \"s\"\ndate = 2023-02-29\n"), StartsWith("my.toml:5: "));
  EXPECT_EQ(
      sentence(when("none = [\"x\"]")),
      "my.toml:6: [[signature.when]] needs a pattern that must be there, all = [\"...\"] or any = [\"...\"], or else injection = \"http\"");
  EXPECT_EQ(sentence(when("all = [\"\"]")), "my.toml:7: a pattern has from 1 to 2000 bytes");
  EXPECT_EQ(sentence(when("all = [{ hex = \"f\" }]")), "my.toml:7: hex is written in pairs of digits: hex = \"ff 53 4d 42\"");
  EXPECT_THAT(sentence(when("all = [{ text = \"a\", hex = \"ff\" }]")), StartsWith("my.toml:7: a pattern is \"a "));
  EXPECT_EQ(sentence(when("all = [\"a\"]\nfields = [{ in = \"heder\", name = \"x\" }]")),
            "my.toml:8: in must be one of: method, path, query, parameter, header, element, soap-action, body");
  EXPECT_EQ(sentence(when("all = [\"a\"]\nfields = [{ in = \"body\" }]")),
            "my.toml:8: a field needs something to ask for: name, holds = \"text\", shell = true or command = true");
  EXPECT_EQ(sentence(kSmall + kSmall), "my.toml:8: there is a signature \"my-router\" already, my.toml:1");
  EXPECT_THAT(sentence("a = \n"), StartsWith("my.toml:1:"));
}

TEST(SignatureFile, SaysWhichExpressionCannotBeUsed) {
  EXPECT_THAT(sentence(when("all = [{ regex = 'a(b' }]")), StartsWith("my.toml:7: the expression \"a(b\" of my-router cannot be used: Mi"));
  EXPECT_THAT(sentence(when("all = [\"x\", { regex = 'a*' }]")),
              StartsWith("my.toml:7: the expression \"a*\" of my-router cannot be used: P"));
  EXPECT_EQ(sentence(when("all = [{ regex = 'a{1,2000}' }]")), "my.toml:7: a repeat of more than 1000 in an expression");
  EXPECT_THAT(sentence(when("all = [{ regex = '(a)\\1' }]")), StartsWith("my.toml:7: the expression \"(a)\\1\" of my-rout"));
}

TEST(SignatureFile, FoldersAreTheirFilesInOrder) {
  TempFolder folder;
  const auto write = [&](const std::string& name, const std::string& text) { std::ofstream(folder.path() / name) << text; };
  EXPECT_EQ(read_signatures(folder.path()).error().sentence,
            "there are no signatures in " + folder.path().string() + ": no file NAME.toml is there");
  write("b.toml", "[[signature]]\nid = \"second\"\n" + kSmall.substr(kSmall.find("name")));
  write("a.toml", kSmall);
  write("notes.txt", "no TOML");
  const auto read = read_signatures(folder.path());
  ASSERT_TRUE(read) << read.error().sentence;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].id + " " + (*read)[1].id, "my-router second");
  EXPECT_FALSE(read_signatures(folder.path() / "none.toml"));
}

TEST(SignatureSet, UsersReplaceOurSignaturesButNotTheirOwn) {
  TempFolder folder;
  const std::filesystem::path one = folder.path() / "one.toml", two = folder.path() / "two.toml";
  std::ofstream(one) << "[[signature]]\nid = \"log4shell\"\n" << kSmall.substr(kSmall.find("name"));
  const std::filesystem::path users[] = {one};
  const auto set = SignatureSet::load(users);
  ASSERT_TRUE(set) << set.error().sentence;
  EXPECT_EQ((*set)->signatures().size(), own_signatures()->signatures().size());
  EXPECT_EQ((*set)->find("log4shell")->file, one.string());
  EXPECT_NE((*set)->version(), own_signatures()->version());
  std::ofstream(two) << "[[signature]]\nid = \"log4shell\"\n" << kSmall.substr(kSmall.find("name"));
  const std::filesystem::path both[] = {one, two};
  EXPECT_EQ(SignatureSet::load(both).error().sentence,
            two.string() + ":1: there is a signature \"log4shell\" already, " + one.string() + ":1");
}

TEST(SignatureSet, OfTheProgramHasSourcesAndStaysTheSame) {
  const auto set = own_signatures();
  ASSERT_NE(set, nullptr);
  EXPECT_GE(set->signatures().size(), 30U);
  EXPECT_EQ(set->version().size(), 16U);
  EXPECT_EQ(set->version(), (*SignatureSet::load())->version());
  EXPECT_EQ(set->find("realtek-miniigd")->cve, std::vector<std::string>{"CVE-2014-8361"});
  EXPECT_EQ(set->find("no-such"), nullptr);
}

TEST(SignatureSet, OfNothingFindsNothing) {
  auto set = SignatureSet::compile({});
  ASSERT_TRUE(set);
  Recogniser recogniser = make_recogniser(*set);
  const std::string payload = request("GET /x?a=;wget+h");
  const Recognition recognition =
      recogniser.recognise({reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, protocol::kTcp, 1);
  EXPECT_TRUE(recognition.tags.empty());
  EXPECT_EQ(recognition.injections.size(), 1U);
}

TEST(SignatureSet, ForDatagramsKnowsAllButLooksForThoseOfUdpOnly) {
  const auto all = SignatureSet::load(), datagrams = SignatureSet::load({}, SignatureSet::Scope::datagrams);
  ASSERT_TRUE(all && datagrams);
  EXPECT_EQ((*all)->version(), (*datagrams)->version());
  EXPECT_EQ((*all)->signatures().size(), (*datagrams)->signatures().size());
  auto recogniser = Recogniser::make(*datagrams);
  ASSERT_TRUE(recogniser);
  const auto tags = [&](std::string_view text, std::uint8_t protocol) {
    return recogniser->recognise({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, protocol, 1).tags.size();
  };
  EXPECT_EQ(tags(std::string_view("AA\0\0AAAA ls", 11), 17), 1u);
  EXPECT_EQ(tags("/bin/busybox MIRAI\r\n", 6), 0u);
}

}  // namespace
}  // namespace nightjar::test
