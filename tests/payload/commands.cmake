set(command_tests shell_test.cpp malware_urls_test.cpp typed_test.cpp stored_text_test.cpp commands_seen_test.cpp
  commands_captures_test.cpp)
