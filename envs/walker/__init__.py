"""The bipedal walker of OpenAI Gym on POET's obstacle courses."""
