set(command_tests shell_test.cpp malware_urls_test.cpp)
