set(conversation_tests)
