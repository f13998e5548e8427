#include "payload/shell_command.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar {
namespace {

std::string hidden_in(std::string_view text, bool may_go_on = false) {
  const auto hidden = find_hidden_command(text, may_go_on);
  return hidden ? std::string(text.substr(hidden->offset, hidden->length)) : "nothing";
}

TEST(HiddenCommand, StandsBehindAMetacharacter) {
  EXPECT_EQ(hidden_in("1.1.1.1;wget http://h/a; sh a"), "wget http://h/a; sh a");
  EXPECT_EQ(hidden_in("x|busybox wget -g h"), "busybox wget -g h");
  EXPECT_EQ(hidden_in("x && cd /tmp"), "cd /tmp");
  EXPECT_EQ(hidden_in("x&reboot"), "reboot");
  EXPECT_EQ(hidden_in("x\nchmod 777 a"), "chmod 777 a");
  EXPECT_EQ(hidden_in("\";echo ''; echo `id `"), "echo ''; echo `id `");
  EXPECT_EQ(hidden_in(";${IFS}wget${IFS}h"), "wget${IFS}h");
  EXPECT_EQ(hidden_in(";+rm+-rf+*"), "rm+-rf+*");
  EXPECT_EQ(hidden_in("; /bin/x"), "/bin/x");
  EXPECT_EQ(hidden_in(";./a"), "./a");
}

TEST(HiddenCommand, EndsWithItsBackquoteOrBracket) {
  EXPECT_EQ(hidden_in("a`cd /tmp; wget h`b"), "cd /tmp; wget h");
  EXPECT_EQ(hidden_in("$(busybox wget $(echo h) x)rest"), "busybox wget $(echo h) x");
  EXPECT_EQ(hidden_in("$(echo HUAWEIUPNP)"), "echo HUAWEIUPNP");
  EXPECT_EQ(hidden_in("`wget cut"), "wget cut");
  EXPECT_EQ(hidden_in("$(echo (cut"), "echo (cut");
}

TEST(HiddenCommand, IsTheWholeTextWhereItBeginsAsOne) {
  EXPECT_EQ(hidden_in("cd /tmp;rm -rf *;wget h"), "cd /tmp;rm -rf *;wget h");
  EXPECT_EQ(hidden_in("cd+/tmp;rm+-rf+*"), "cd+/tmp;rm+-rf+*");
}

TEST(HiddenCommand, IsNotInWordsOfPeopleCookiesOrBrowsers) {
  for (const char* text : {
           "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
           "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101",
           "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
           "a=1; id=5; ls=2; sh=x; Path=/; cat=7",
           "the dog; cat and mouse | ping pong & echo chamber",
           "customers&#39; presences",
           "jQuery(function(){ $('#id').hide(); $(\"sh\"); $(document).ready(x); })",
           "family=Open+Sans|Roboto&lang=en",
           "multipart/form-data; boundary=----abc",
           "AT&T; R&D; rock & roll",
           "$5 `quoted` text",
           "wgetting; wgets of curls",
       })
    EXPECT_EQ(hidden_in(text), "nothing") << text;
}

TEST(HiddenCommand, OfAnEnglishWordWaitsForWhatFollows) {
  EXPECT_EQ(hidden_in("a=1; id"), "id");
  EXPECT_EQ(hidden_in("a=1; id", true), "nothing");
  EXPECT_EQ(hidden_in("|id|", true), "id|");
  EXPECT_EQ(hidden_in("; cat /etc/passwd", true), "cat /etc/passwd");
  EXPECT_EQ(hidden_in(";wget", true), "wget");
}

TEST(Command, MayBeAllThereIs) {
  EXPECT_TRUE(begins_with_command("cd /tmp", false));
  EXPECT_TRUE(begins_with_command("+killall+-9+x", false));
  EXPECT_TRUE(begins_with_command("/bin/busybox x", false));
  EXPECT_FALSE(begins_with_command("page=2", false));
  EXPECT_FALSE(begins_with_command("cat pictures", false));
  EXPECT_FALSE(begins_with_command("", false));
}

TEST(Metacharacters, AreThoseOfTheShell) {
  for (const char* text : {"`", "a;b", "a|b", "a&&b", "$(a)"}) EXPECT_TRUE(holds_shell_metacharacter(text)) << text;
  for (const char* text : {"", "a&b", "$a", "$", "(a)", "192.168.1.20", "a b\n"}) EXPECT_FALSE(holds_shell_metacharacter(text)) << text;
}

}  // namespace
}  // namespace nightjar
