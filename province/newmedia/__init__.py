"""The new-media side of a province: platforms, their accounts, and the bridges operators host (newmedia.md).

cast.py draws who there is; posts.py says what they published; interfaces.py, pages.py, feeds.py and bridges.py are what the
platforms and bridges answer; truth.py is what a careful human would say.
"""
